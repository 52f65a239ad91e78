// Owns a sync as the second generation of the app does it with a hub, with all its weaknesses (PROTOCOL §5).
// Knows nothing of the library's own sync; it uses the library as a plain database.
import { createRequire } from "node:module";
import { HUB_TABLES } from "./schema.mjs";

const require = createRequire(import.meta.url);
const { Q } = require("@nozbe/watermelondb");
const { sanitizedRaw } = require("@nozbe/watermelondb/RawRecord");

/** One sync of `phone`; `session` sends the requests and keeps the record of them. */
export async function hubSync(phone, session) {
  await phone.signInToHub(session.send);
  const since = await phone.hubMark();
  const { changes, timestamp } = await pull(phone, session, since);
  await applyByHand(phone, changes);
  const pushed = await chooseUnsynced(phone);
  if (pushed.models.length > 0) {
    await push(phone, session, pushed.changes, since); // the old mark, not the one just given
    await markAsSynced(phone, pushed.models);
  }
  await phone.setHubMark(timestamp); // last: after a failure all is done again
}

/** "Force upload": all rows newer than a date that the user picks, whatever their state. */
export async function hubUpload(phone, session) {
  await phone.signInToHub(session.send);
  session.began(session.since, null);
  await push(phone, session, await chooseNewer(phone, session.since), session.since);
  await phone.setHubMark(await phone.now()); // by the phone's clock
}

/** "Force download": everything since a date that the user picks. */
export async function hubDownload(phone, session) {
  await phone.signInToHub(session.send);
  const { changes, timestamp } = await pull(phone, session, session.since);
  await applyByHand(phone, changes);
  await phone.setHubMark(timestamp);
}

async function pull(phone, session, since) {
  session.began(since, null);
  return session.pulled(await phone.hub.call(session.send, "query", "sync_pull", { lastPulledAt: since }, session.losePull));
}

async function push(phone, session, changes, since) {
  await session.pushing(changes);
  await phone.hub.call(session.send, "command", "sync_push", { changes, lastPulledAt: since }, session.losePush);
  session.pushed();
}

async function applyByHand(phone, changes) {
  await phone.database.write(async () => {
    for (const [table, { created, updated, deleted }] of Object.entries(changes)) {
      await writeRows(phone, table, created, true);
      await writeRows(phone, table, updated, false);
      await hideRows(phone, table, deleted);
    }
  });
}

async function writeRows(phone, table, rows, mayCreate) {
  const work = [];
  for (const row of rows) {
    const collection = phone.collection(table); // a table that this app does not know ends the sync here
    const raw = sanitizedRaw({ ...row, _status: "synced", _changed: "" }, collection.schema);
    const mine = await phone.find(table, raw.id);
    if (mine) {
      const next = merged(mine._raw, raw);
      work.push(mine.prepareUpdate(() => { mine._raw = next; }));
    } else if (mayCreate) {
      work.push(collection.prepareCreate((made) => { made._raw = raw; })); // fails for a row that is hidden here
    } // an unknown row under `updated` is dropped
  }
  await phone.database.batch(work);
}

/** Columns that were changed on this phone win; all others take the server's value. */
function merged(mine, raw) {
  const changed = mine._changed.split(",").filter(Boolean);
  if (changed.length === 0) return raw;
  const kept = Object.fromEntries([...changed, "_status", "_changed"].map((column) => [column, mine[column]]));
  return { ...mine, ...raw, ...kept };
}

async function hideRows(phone, table, deleted) {
  const work = [];
  for (const { id } of deleted) { // a bare id string has no `id`, so nothing is found
    const mine = id === undefined ? null : await phone.find(table, id);
    if (mine) work.push(mine.prepareMarkAsDeleted());
  }
  await phone.database.batch(work);
}

async function chooseUnsynced(phone) {
  const changes = {};
  const models = [];
  for (const table of phone.tablesOf(HUB_TABLES)) {
    const of = (status) => phone.collection(table).query(Q.where("_status", status)).fetch();
    const [created, updated, deleted] = [await of("created"), await of("updated"), await of("deleted")];
    // `deleted` is always empty: the library hides such rows, so deletions never reach a hub.
    if (created.length + updated.length + deleted.length === 0) continue;
    changes[table] = { created: created.map(copy), updated: updated.map(copy), deleted: deleted.map(copy) };
    models.push(...created, ...updated);
  }
  return { changes, models };
}

async function chooseNewer(phone, since) {
  const changes = {};
  for (const table of phone.tablesOf(HUB_TABLES)) {
    const rows = (await phone.rawRows(table)).filter((row) => row.created_at > since || row.updated_at > since);
    if (rows.length === 0) continue;
    changes[table] = {
      created: rows.filter((row) => row.created_at > since),
      updated: rows.filter((row) => row.created_at <= since),
      deleted: rows.filter((row) => row.is_deleted === true), // as rows, and among the others too
    };
  }
  return changes;
}

const copy = (model) => ({ ...model._raw });

async function markAsSynced(phone, models) {
  await phone.database.write(() => phone.database.batch(models.map((model) => model.prepareUpdate(() => {
    Object.assign(model._raw, { _status: "synced", _changed: "" }); // and the library touches updated_at
  }))));
}
