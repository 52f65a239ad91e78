// Owns one sync of one phone from outside: its requests, the pause before the push, and the record of what happened.
// Knows nothing of how rows are applied or chosen.
import { Refused } from "./transport.mjs";
import { hubDownload, hubSync, hubUpload } from "./hub-sync.mjs";
import { legacySync } from "./legacy-sync.mjs";
import { librarySync } from "./library-sync.mjs";
import { listening } from "./complaints.mjs";

const STYLES = {
  library: librarySync, legacy: legacySync, hub: hubSync, "hub upload": hubUpload, "hub download": hubDownload,
};

export class SyncSession {
  #phone;
  #options;
  #reachPush;
  #releasePush = () => {};
  #mayPush = Promise.resolve();
  #record;

  /** `options`: style, path, parameter (default: the phone's), losePull, losePush, pause, keepBodies, since (hub). */
  constructor(phone, options) {
    this.#phone = phone;
    this.#options = options;
    this.isOver = false;
    this.path = options.path ?? phone.path;
    this.parameter = options.parameter ?? phone.parameter;
    this.since = options.since ?? 0;
    this.losePull = options.losePull;
    this.losePush = options.losePush;
    /** POST sealed text, for styles that do so: see sealed-channel.mjs. */
    this.send = (path, body, lose) => this.#send("POST", path, body, lose);
    this.#record = {
      ok: false, error: null, status: null, since: null, migration: null, timestamp: null,
      pulled: {}, pushed: {}, hasPushed: false, isPaused: false, complaints: [], exchanges: [],
    };
    this.reachedPush = new Promise((resolve) => { this.#reachPush = resolve; });
    if (options.pause) this.#mayPush = new Promise((resolve) => { this.#releasePush = resolve; });
  }

  /** Start; `done` is a promise of the record and never rejects. */
  start() {
    const style = STYLES[this.#options.style ?? this.#phone.style];
    this.done = listening(this.#record.complaints, () => style(this.#phone, this))
      .then(() => { this.#record.ok = true; })
      .catch((error) => Object.assign(this.#record, { error: error.message, status: error.status ?? null }))
      .then(() => {
        this.isOver = true;
        return { ...this.#record, isPaused: false };
      });
    return this;
  }

  /** The record so far, once the sync waits before its push; the final record when it ends without one. */
  untilPause() {
    const paused = this.reachedPush.then(() => ({ ...this.#record, isPaused: true }));
    return Promise.race([paused, this.done]);
  }

  /** Let the push go out; returns the final record. */
  finish() {
    this.#releasePush();
    return this.done;
  }

  /** The style says from which mark it pulls. */
  began(since, migration) {
    Object.assign(this.#record, { since, migration });
  }

  /** GET changes, as parsed JSON. */
  async pull(path) {
    return this.pulled(JSON.parse(await this.#send("GET", path, undefined, this.losePull)));
  }

  /** The style says what came. */
  pulled(reply) {
    this.#record.timestamp = reply.timestamp;
    this.#record.pulled = outline(reply.changes ?? {});
    return reply;
  }

  /** POST changes. Nothing in a 2xx answer matters to a phone, so it is not even parsed. */
  async push(path, changes) {
    await this.pushing(changes);
    await this.#send("POST", path, JSON.stringify(changes), this.losePush);
    this.pushed();
  }

  /** The style says what will go out; returns once it may. */
  async pushing(changes) {
    this.#record.pushed = outline(changes);
    this.#reachPush();
    await this.#mayPush;
  }

  /** The style says that what went out was accepted. */
  pushed() {
    this.#record.hasPushed = true;
  }

  async #send(method, path, body, lose) {
    const exchange = { method, path, status: null };
    this.#record.exchanges.push(exchange);
    if (this.#options.keepBodies) exchange.request = body ?? null;
    const { status, text } = await this.#phone.transport.exchange(method, path, { body, lose });
    exchange.status = status;
    if (this.#options.keepBodies) exchange.reply = text;
    if (status < 200 || status > 299) throw new Refused(method, path.split("?")[0], status, text);
    return text;
  }
}

/** The ids of a set of changes; `deleted` as it is, since its form (ids or objects) matters. Empty tables are left out. */
function outline(changes) {
  const lists = Object.entries(changes).map(([table, { created = [], updated = [], deleted = [] }]) => [
    table, { created: created.map(({ id }) => id), updated: updated.map(({ id }) => id), deleted },
  ]);
  return Object.fromEntries(lists.filter(([, { created, updated, deleted }]) => created.length + updated.length + deleted.length > 0));
}

