// Owns the tables of the phone app at its schema versions 4 to 9 and how each version came out of the one before.
// Knows nothing of servers or of syncing. Facts: PROTOCOL §7. It is kept apart from the server's own catalogue on
// purpose, so that a slip in either list shows up when real phones talk to the server.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Model, appSchema, tableSchema } = require("@nozbe/watermelondb");
const { addColumns, createTable, schemaMigrations } = require("@nozbe/watermelondb/Schema/migrations");

export const FIRST_VERSION = 4;
export const LATEST_VERSION = 9;

/** A table under description: every column is added with the schema version in force at that moment. */
class TableHistory {
  #version;

  constructor(name, since) {
    Object.assign(this, { name, since, columns: [], jsonDefaults: {} });
    this.#version = since;
  }

  /** What follows came with this schema version. */
  from(version) {
    this.#version = version;
    return this;
  }

  #add(type, names, isOptional) {
    for (const name of names.split(" ")) this.columns.push({ name, type, isOptional, since: this.#version });
    return this;
  }

  text = (names) => this.#add("string", names, false);
  maybeText = (names) => this.#add("string", names, true);
  number = (names) => this.#add("number", names, false);
  maybeNumber = (names) => this.#add("number", names, true);
  flag = (names) => this.#add("boolean", names, false);
  maybeFlag = (names) => this.#add("boolean", names, true);

  /** Text columns that hold JSON; `empty` is what the app writes when there is nothing in them. */
  json(names, empty = "{}") {
    for (const name of names.split(" ")) this.jsonDefaults[name] = empty;
    return this.text(names);
  }

  stamps = () => this.number("created_at updated_at");
  softDeletion = () => this.flag("is_deleted").maybeNumber("deleted_at").stamps();
  serverStamps = () => this.number("last_modified server_created_at");
  pharmacyStamps = () => this.number("last_modified").maybeNumber("server_created_at");

  /** The columns at a schema version, in the form the library wants. */
  at(version) {
    return this.columns
      .filter((column) => column.since <= version)
      .map(({ name, type, isOptional }) => ({ name, type, ...(isOptional && { isOptional }) }));
  }
}

const table = (name, since = FIRST_VERSION) => new TableHistory(name, since);

const originals = [
  table("patients")
    .text("given_name surname date_of_birth citizenship hometown phone sex government_id external_patient_id")
    .maybeText("camp photo_url").json("additional_data metadata").softDeletion()
    .from(5).maybeText("primary_clinic_id last_modified_by"),
  table("clinics").text("name").softDeletion().from(6).flag("is_archived"),
  table("users").text("clinic_id name role email").softDeletion(),
  table("visits").text("patient_id clinic_id provider_id provider_name").number("check_in_timestamp").json("metadata").softDeletion(),
  table("events")
    .text("patient_id form_id visit_id event_type").json("form_data", "[]").json("metadata").softDeletion()
    .from(9).text("recorded_by_user_id"),
  table("event_forms")
    .text("name description language").flag("is_editable is_snapshot_form").json("form_fields", "[]").json("metadata").softDeletion()
    .from(9).json("clinic_ids", "[]").maybeText("translations"),
  table("registration_forms").text("name").json("fields", "[]").json("metadata").softDeletion(),
  table("patient_additional_attributes")
    .text("patient_id attribute_id attribute").maybeNumber("number_value date_value").maybeText("string_value")
    .maybeFlag("boolean_value").json("metadata").softDeletion().serverStamps(),
  table("appointments")
    .maybeText("provider_id fulfilled_visit_id").text("clinic_id patient_id user_id current_visit_id reason notes status")
    .number("timestamp").maybeNumber("duration").json("metadata").softDeletion()
    .from(6).flag("is_walk_in").json("departments", "[]"),
  table("prescriptions")
    .text("patient_id provider_id status notes priority").maybeText("filled_by pickup_clinic_id visit_id")
    .number("expiration_date prescribed_at").maybeNumber("filled_at").json("items", "[]").json("metadata").softDeletion(),
];

const clinical = [
  table("patient_vitals", 5)
    .text("patient_id").maybeText("visit_id bp_position recorded_by_user_id").number("timestamp")
    .maybeNumber("systolic_bp diastolic_bp height_cm weight_kg bmi waist_circumference_cm heart_rate pulse_rate")
    .maybeNumber("oxygen_saturation respiratory_rate temperature_celsius pain_level").json("metadata").softDeletion()
    .from(7).maybeText("event_id"),
  table("user_clinic_permissions", 5)
    .text("user_id clinic_id").maybeText("created_by last_modified_by").stamps()
    .flag("can_register_patients can_view_history can_edit_records can_delete_records is_clinic_admin")
    .from(9).flag("can_edit_other_provider_event can_download_patient_reports can_prescribe_medications")
    .flag("can_dispense_medications can_delete_patient_visits can_delete_patient_records"),
  table("app_config", 5).text("namespace key value data_type").maybeText("last_modified_by display_name").number("last_modified").stamps(),
  table("patient_problems", 5)
    .text("patient_id problem_code_system problem_code problem_label clinical_status verification_status")
    .maybeText("visit_id recorded_by_user_id").maybeNumber("severity_score onset_date end_date")
    .json("metadata").softDeletion().serverStamps(),
  table("clinic_departments", 6)
    .text("clinic_id name status").maybeText("code description")
    .flag("can_dispense_medications can_perform_labs can_perform_imaging")
    .json("additional_capabilities", "[]").json("metadata").softDeletion().serverStamps(),
];

const pharmacy = [
  table("drug_catalogue", 7)
    .text("generic_name form route dosage_quantity dosage_units sale_price").number("min_stock_level").maybeNumber("max_stock_level")
    .maybeText("barcode brand_name manufacturer sale_currency notes recorded_by_user_id")
    .flag("is_controlled requires_refrigeration is_active").json("metadata").softDeletion().pharmacyStamps(),
  table("clinic_inventory", 7)
    .text("clinic_id drug_id batch_id").number("quantity_available reserved_quantity").maybeNumber("last_counted_at")
    .maybeText("recorded_by_user_id").json("metadata").softDeletion().pharmacyStamps()
    .from(8).text("batch_number").number("batch_expiry_date"),
  table("prescription_items", 7)
    .text("prescription_id patient_id drug_id clinic_id dosage_instructions item_status").maybeText("notes recorded_by_user_id")
    .number("quantity_prescribed quantity_dispensed refills_authorized refills_used").json("metadata").softDeletion().pharmacyStamps(),
  table("dispensing_records", 7)
    .text("clinic_id drug_id patient_id dispensed_by").number("quantity_dispensed dispensed_at").maybeNumber("days_supply")
    .maybeText("batch_id prescription_item_id dosage_instructions recorded_by_user_id").json("metadata").softDeletion().pharmacyStamps(),
];

const phoneOnly = [
  table("event_logs", 9)
    .text("transaction_id action_type table_name row_id changes device_id app_id user_id hash").maybeText("ip_address metadata")
    .flag("synced").number("created_at"),
  table("peers", 9)
    .text("peer_id name public_key peer_type status protocol_version").maybeText("ip_address metadata")
    .maybeNumber("port last_synced_at").flag("is_leader").stamps(),
];

const TABLES = [...originals, ...clinical, ...pharmacy, ...phoneOnly];

/** The ten tables that the first generation pushes, whatever its schema version (PROTOCOL §6). */
export const FIRST_GENERATION_TABLES = originals.map(({ name }) => name);

/** The tables that the second generation pushes to a hub (PROTOCOL §5). */
export const HUB_TABLES = [...originals, ...clinical, ...pharmacy]
  .map(({ name }) => name).filter((name) => !["user_clinic_permissions", "app_config"].includes(name));

/** Tables that stay on a phone although the library pushes them. */
export const PHONE_ONLY_TABLES = phoneOnly.map(({ name }) => name);

const tablesAt = (version) => TABLES.filter(({ since }) => since <= version);

/** `{table: [column]}` at a schema version, for whoever compares it with another list. */
export function describe(version) {
  return Object.fromEntries(tablesAt(version).map((one) => [one.name, one.at(version)]));
}

/** The library's schema object at a schema version. */
export function schemaAt(version) {
  return appSchema({ version, tables: tablesAt(version).map((one) => tableSchema({ name: one.name, columns: one.at(version) })) });
}

/** The library's migrations from schema 1 up to `version`; all before the first known version are empty steps. */
export function migrationsTo(version) {
  const migrations = [];
  for (let toVersion = 2; toVersion <= version; toVersion += 1) {
    const steps = toVersion <= FIRST_VERSION ? [] : TABLES.flatMap((one) => stepsFor(one, toVersion));
    migrations.push({ toVersion, steps });
  }
  return schemaMigrations({ migrations });
}

function stepsFor(one, version) {
  if (one.since === version) return [createTable({ name: one.name, columns: one.at(version) })];
  const known = new Set(one.at(version - 1).map(({ name }) => name));
  const columns = one.at(version).filter(({ name }) => !known.has(name));
  return columns.length > 0 ? [addColumns({ table: one.name, columns })] : [];
}

/** One Model class per table. The time accessors make the library stamp rows as it does in the app. */
export function modelsAt(version) {
  return tablesAt(version).map((one) => {
    const Row = class extends Model {
      static table = one.name;
    };
    const columns = new Set(one.at(version).map(({ name }) => name));
    for (const [accessor, column] of [["createdAt", "created_at"], ["updatedAt", "updated_at"]]) {
      if (!columns.has(column)) continue;
      Object.defineProperty(Row.prototype, accessor, { get() { return new Date(this._getRaw(column)); } });
    }
    return Row;
  });
}

/** The JSON columns of a table at a schema version with the text of an empty value. */
export function emptyJson(name, version) {
  const one = TABLES.find((each) => each.name === name);
  const columns = new Set(one.at(version).map((column) => column.name));
  return Object.fromEntries(Object.entries(one.jsonDefaults).filter(([column]) => columns.has(column)));
}
