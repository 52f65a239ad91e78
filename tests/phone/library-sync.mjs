// Owns a sync by the library's own synchronize() over REST, with the parameters the app gives it (PROTOCOL §§2.3, 3).
// Knows nothing of the server beyond them; replies are handed to the library as they came.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { synchronize, hasUnsyncedChanges } = require("@nozbe/watermelondb/sync");

const MIGRATIONS_ENABLED_AT_VERSION = 1;

/** One sync of `phone`; `session` sends the requests and keeps the record of them. */
export async function librarySync(phone, session) {
  const { path, parameter } = session;
  await synchronize({
    database: phone.database,
    sendCreatedAsUpdated: false,
    migrationsEnabledAtVersion: MIGRATIONS_ENABLED_AT_VERSION,
    pullChanges: async ({ lastPulledAt, schemaVersion, migration }) => {
      session.began(lastPulledAt ?? 0, migration);
      const query = [`${parameter}=${lastPulledAt ?? 0}`];
      if (phone.saysSchema) {
        query.push(`schema_version=${schemaVersion}`, `migration=${encodeURIComponent(JSON.stringify(migration))}`);
      }
      const { changes, timestamp } = await session.pull(`${path}?${query.join("&")}`);
      return { changes, timestamp };
    },
    pushChanges: ({ changes, lastPulledAt }) => session.push(`${path}?${parameter}=${lastPulledAt}`, changes),
  });
}

/** True while rows of this phone wait to be pushed. */
export const hasUnsynced = (phone) => hasUnsyncedChanges({ database: phone.database });
