// Owns the conversation with the tests: one command per line on standard input, {"id", "command", "options"}, and one
// answer per line on standard output, {"id", "result"} or {"id", "failed"}. Knows nothing of what the tests want to prove.
// Commands run side by side; answers carry the id of their command and may come in any order.
import { createInterface } from "node:readline";

process.env.NODE_ENV ??= "production"; // as in a released app; read by the library when it is loaded
console.log = console.error; // standard output belongs to the answers

const { captureComplaints } = await import("./complaints.mjs");
const { hasUnsynced } = await import("./library-sync.mjs");
const { Phone } = await import("./phone.mjs");
const { LATEST_VERSION, PHONE_ONLY_TABLES, FIRST_GENERATION_TABLES, describe } = await import("./schema.mjs");
const { SyncSession } = await import("./sync-session.mjs");
const { Refused } = await import("./transport.mjs");

const phones = new Map();
const sessions = new Map();

function phoneNamed(name) {
  if (!phones.has(name)) throw new Error(`no phone ${name}`);
  return phones.get(name);
}

function beginSync(name, options) {
  if (sessions.get(name)?.isOver === false) throw new Error(`${name} is in the middle of a sync`);
  return new SyncSession(phoneNamed(name), options).start();
}

async function snapshot(phone) {
  const tables = Object.keys(phone.database.schema.tables);
  return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await phone.rawRows(table)])));
}

const COMMANDS = {
  schema: ({ version = LATEST_VERSION }) => ({
    tables: describe(version), firstGeneration: FIRST_GENERATION_TABLES, phoneOnly: PHONE_ONLY_TABLES,
  }),
  open({ phone, ...options }) {
    if (phones.has(phone)) throw new Error(`there is a phone ${phone} already`);
    phones.set(phone, new Phone({ name: phone, ...options }));
  },
  close({ phone }) {
    phoneNamed(phone).transport.close();
    phones.delete(phone);
    sessions.delete(phone);
  },
  connect: ({ phone, ...options }) => phoneNamed(phone).connect(options),
  reopen: ({ phone, schemaVersion }) => phoneNamed(phone).reopen(schemaVersion),
  clock({ phone, offsetMs }) { phoneNamed(phone).clockOffsetMs = offsetMs; },
  create: ({ phone, table, rows }) => phoneNamed(phone).create(table, rows),
  update: ({ phone, table, id, values }) => phoneNamed(phone).update(table, id, values),
  markAsDeleted: ({ phone, table, id }) => phoneNamed(phone).markAsDeleted(table, id),
  softDelete: ({ phone, table, id }) => phoneNamed(phone).softDelete(table, id),
  rows: ({ phone, table }) => phoneNamed(phone).rawRows(table),
  snapshot: ({ phone }) => snapshot(phoneNamed(phone)),
  unsynced: ({ phone }) => hasUnsynced(phoneNamed(phone)),
  async rpc({ phone, kind, name, args }) {
    const { hub, transport } = phoneNamed(phone);
    const send = async (path, body) => {
      const { status, text } = await transport.exchange("POST", path, { body });
      if (status < 200 || status > 299) throw new Refused("POST", path, status, text);
      return text;
    };
    await phoneNamed(phone).signInToHub(send);
    return hub.call(send, kind, name, args);
  },
  sync: ({ phone, ...options }) => beginSync(phone, options).done,
  async syncStart({ phone, ...options }) {
    const session = beginSync(phone, { ...options, pause: true });
    sessions.set(phone, session);
    return session.untilPause();
  },
  async syncFinish({ phone }) {
    const session = sessions.get(phone);
    if (!session) throw new Error(`${phone} has no sync under way`);
    sessions.delete(phone);
    return session.finish();
  },
};

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function obey(line) {
  const { id, command, options } = JSON.parse(line);
  try {
    if (!COMMANDS[command]) throw new Error(`no command ${command}`);
    answer({ id, result: (await COMMANDS[command](options)) ?? null });
  } catch (error) {
    answer({ id, failed: error.message });
  }
}

captureComplaints();
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
lines.on("line", obey);
lines.on("close", () => process.exit(0));
answer({ id: 0, result: "ready" });
