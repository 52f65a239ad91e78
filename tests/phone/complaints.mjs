// Owns what the library complains about while a phone syncs: its warnings and errors point at faults of the server.
// Knows nothing of phones; several syncs may run at once and each gets its own list.
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const logger = require("@nozbe/watermelondb/utils/common/logger").default;
const current = new AsyncLocalStorage();

const SET_UP_CHATTER = /IndexedDB|deprecated/; // said when a database is opened in Node; nothing to do with a server

/** Send the library's log into the lists; call it once. What is said outside of any sync goes to standard error. */
export function captureComplaints() {
  const note = (...parts) => {
    const text = parts.map(String).join(" ");
    if (SET_UP_CHATTER.test(text)) return;
    const list = current.getStore();
    if (list) list.push(text);
    else process.stderr.write(`${text}\n`);
  };
  logger.error = note;
  logger.warn = note;
  logger.log = () => {};
  logger.debug = () => {};
}

/** Run `work` and collect into `list` whatever the library complains about meanwhile. */
export const listening = (list, work) => current.run(list, work);
