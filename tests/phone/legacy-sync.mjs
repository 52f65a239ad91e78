// Owns a sync as the first generation of the app does it by hand, with all its weaknesses (PROTOCOL §6).
// Knows nothing of the library's own sync; it uses the library as a plain database.
import { createRequire } from "node:module";
import { FIRST_GENERATION_TABLES } from "./schema.mjs";

const require = createRequire(import.meta.url);
const { sanitizedRaw } = require("@nozbe/watermelondb/RawRecord");

const PARAMETER = "lastPulledAt"; // the only spelling of that generation

/** One sync of `phone`; `session` sends the requests and keeps the record of them. */
export async function legacySync(phone, session) {
  const { path } = session;
  const since = await phone.legacyMark();
  session.began(since, null);
  const { changes, timestamp } = await session.pull(`${path}?${PARAMETER}=${since}`);
  const settled = await applyByHand(phone, changes);
  await phone.setLegacyMark(timestamp); // before the push: what is lost from here on is not sent again
  await session.push(`${path}?${PARAMETER}=${since}`, await chooseRows(phone, since, settled));
}

/** Write what came. Returns the keys of rows that must not be pushed back: those not newer on this phone before. */
async function applyByHand(phone, changes) {
  const settled = new Set();
  await phone.database.write(async () => {
    for (const [table, { created, updated, deleted }] of Object.entries(changes)) {
      await replaceRows(phone, table, created, "created", settled);
      await replaceRows(phone, table, updated, "updated", settled);
      await hideRows(phone, table, deleted);
    }
  });
  return settled;
}

async function replaceRows(phone, table, rows, status, settled) {
  const work = [];
  for (const row of rows) {
    const collection = phone.collection(table); // a table that this app does not know ends the sync here
    const raw = sanitizedRaw({ ...row, _status: status }, collection.schema);
    const mine = await phone.find(table, raw.id);
    if (mine) {
      if (mine._raw.updated_at <= raw.updated_at) settled.add(`${table}/${raw.id}`);
      work.push(mine.prepareUpdate(() => { mine._raw = raw; })); // even when mine is newer
    } else if (status === "created") {
      settled.add(`${table}/${raw.id}`);
      work.push(collection.prepareCreate((made) => { made._raw = raw; }));
    } // an unknown row under `updated` is dropped
  }
  await phone.database.batch(work);
}

async function hideRows(phone, table, deleted) {
  const work = [];
  for (const { id } of deleted) { // a bare id string has no `id`, so nothing is found
    const mine = id === undefined ? null : await phone.find(table, id);
    if (mine) work.push(mine.prepareMarkAsDeleted());
  }
  await phone.database.batch(work);
}

async function chooseRows(phone, since, settled) {
  const changes = {};
  for (const table of FIRST_GENERATION_TABLES) {
    const rows = (await phone.rawRows(table)).filter(({ id }) => !settled.has(`${table}/${id}`));
    const chosen = {
      created: rows.filter((row) => row.created_at > since),
      updated: rows.filter((row) => row.created_at <= since && row.updated_at > since),
      deleted: rows.filter((row) => row.is_deleted === true), // whole rows, every time, whatever their date
    };
    if (Object.values(chosen).some((list) => list.length > 0)) changes[table] = chosen;
  }
  return changes; // posted even when empty
}
