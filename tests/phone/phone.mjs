// Owns one phone: its real WatermelonDB database, its clock, and what a person does on it.
// Knows nothing of how it syncs (library-sync.mjs, legacy-sync.mjs, hub-sync.mjs).
import { createRequire } from "node:module";
import { emptyJson, migrationsTo, modelsAt, schemaAt } from "./schema.mjs";
import { SealedChannel } from "./sealed-channel.mjs";
import { Transport } from "./transport.mjs";

const require = createRequire(import.meta.url);
const { Database, Q } = require("@nozbe/watermelondb");
const { LokiMemoryAdapter } = require("lokijs");
const LokiJSAdapter = require("@nozbe/watermelondb/adapters/lokijs").default;

const LEGACY_MARK = "first_generation_last_synced_at";
const HUB_MARK = "hub_last_synced_at_";

export class Phone {
  /**
   * `options`: name, schemaVersion, baseUrl, path, parameter, credentials ([email, password] or null), style,
   * clockOffsetMs, saysSchema (whether its pulls tell the schema version).
   */
  constructor(options) {
    Object.assign(this, options);
    this.hub = new SealedChannel();
    this.#connect();
    this.#use(new LokiJSAdapter({
      dbName: options.name,
      schema: schemaAt(this.schemaVersion),
      migrations: migrationsTo(this.schemaVersion),
      useWebWorker: false,
      useIncrementalIndexedDB: true,
      _testLokiAdapter: new LokiMemoryAdapter(),
    }));
  }

  #use(adapter) {
    this.adapter = adapter;
    this.database = new Database({ adapter, modelClasses: modelsAt(this.schemaVersion) });
  }

  /** Nothing but what is sealed tells a hub who signed in: its phones send no credentials beside it. */
  #connect() {
    this.transport?.close();
    this.transport = new Transport(this.baseUrl, this.style === "hub" ? null : this.credentials);
  }

  /** Close the app and start it again on the same stored data, maybe as a newer version of the app. */
  async reopen(schemaVersion = this.schemaVersion) {
    const closed = this.adapter;
    this.schemaVersion = schemaVersion;
    this.#use(await closed.testClone({ schema: schemaAt(schemaVersion), migrations: migrationsTo(schemaVersion) }));
    this.#connect();
  }

  /** Other server, other credentials: what a person can change in the app's settings. */
  connect({ baseUrl = this.baseUrl, credentials = this.credentials }) {
    if (baseUrl !== this.baseUrl || credentials !== this.credentials) this.hub.token = null;
    Object.assign(this, { baseUrl, credentials });
    this.#connect();
  }

  /** Shake hands with the hub, as before every sync; sign in when nobody is signed in. */
  async signInToHub(send) {
    await this.hub.handshake(send);
    if (this.hub.token === null) await this.hub.login(send, this.credentials);
  }

  /** The watermark kept for the hub; 0 before the first sync with it. */
  async hubMark() {
    return (await this.database.localStorage.get(HUB_MARK + this.hub.hubId)) ?? 0;
  }

  async setHubMark(timestamp) {
    await this.database.localStorage.set(HUB_MARK + this.hub.hubId, timestamp);
  }

  /** Those of the tables that this version of the app has. */
  tablesOf(names) {
    return names.filter((name) => name in this.database.schema.tables);
  }

  /** The watermark that the first generation keeps apart from the library's; 0 before the first sync. */
  async legacyMark() {
    return (await this.database.localStorage.get(LEGACY_MARK)) ?? 0;
  }

  async setLegacyMark(timestamp) {
    await this.database.localStorage.set(LEGACY_MARK, timestamp);
  }

  /** Epoch milliseconds on this phone. With a right clock, an edit is always later than the sync before it. */
  async now() {
    if (this.clockOffsetMs !== 0) return Date.now() + this.clockOffsetMs;
    return Math.max(Date.now(), (await this.legacyMark()) + 1);
  }

  collection(table) {
    const found = this.database.get(table);
    if (!found) throw new Error(`schema ${this.schemaVersion} has no table ${table}`);
    return found;
  }

  /** The row's model; rows marked as deleted are hidden, as in the app. */
  async find(table, id) {
    return (await this.collection(table).query(Q.where("id", id)).fetch())[0] ?? null;
  }

  async #existing(table, id) {
    const row = await this.find(table, id);
    if (!row) throw new Error(`${this.name} has no ${table}/${id}`);
    return row;
  }

  /** All rows of a table as stored, with `_status` and `_changed`. */
  async rawRows(table) {
    return (await this.collection(table).query().fetch()).map((row) => ({ ...row._raw }));
  }

  /** Create rows `[{id?, values}]` in one batch; JSON columns get valid empty JSON unless given. Returns their ids. */
  async create(table, rows) {
    const collection = this.collection(table);
    const now = await this.now();
    const defaults = { ...emptyJson(table, this.schemaVersion), created_at: now, updated_at: now };
    const prepare = ({ id, values }) => collection.prepareCreate((row) => {
      if (id) row._raw.id = id;
      for (const [column, value] of Object.entries({ ...defaults, ...values })) this.#set(row, column, value, column in values);
    });
    const prepared = rows.map(prepare);
    await this.database.write(() => this.database.batch(prepared));
    return prepared.map(({ id }) => id);
  }

  async update(table, id, values) {
    const row = await this.#existing(table, id);
    const now = await this.now();
    await this.database.write(() => row.update(() => {
      this.#set(row, "updated_at", now, false);
      for (const [column, value] of Object.entries(values)) this.#set(row, column, value, true);
    }));
  }

  /** Write one column; `isGiven`: the caller named it, so it must exist and must take the value as it is. */
  #set(row, column, value, isGiven) {
    const schema = row.collection.schema.columns[column];
    if (!schema) {
      if (isGiven) throw new Error(`schema ${this.schemaVersion} has no column ${row.table}.${column}`);
      return;
    }
    row._setRaw(column, value);
    if (isGiven && row._raw[column] !== value) throw new Error(`${row.table}.${column} cannot hold ${JSON.stringify(value)}`);
  }

  /** Delete as the library does it: the id goes out with the next push. */
  async markAsDeleted(table, id) {
    const row = await this.#existing(table, id);
    await this.database.write(() => row.markAsDeleted());
  }

  /** Delete as the app's own code does it: an ordinary edit of two columns. */
  async softDelete(table, id) {
    await this.update(table, id, { is_deleted: true, deleted_at: await this.now() });
  }
}
