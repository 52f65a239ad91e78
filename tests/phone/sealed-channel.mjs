// Owns the encrypted channel of one phone: handshakes, the token of whoever signed in, sealed requests (PROTOCOL §4).
// Knows nothing of records. Its cryptography comes from other libraries than the server's, on purpose.
import { randomBytes, randomUUID } from "node:crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64urlnopad } from "@scure/base";

const SALT = Buffer.from("hikma-health-pairing-v1");
const NONCE_BYTES = 12;

/** What goes out with `send(path, text, lose)`, which returns the text of a 2xx answer and throws for anything else. */
export class SealedChannel {
  clientId = randomUUID();
  hubId = null;
  token = null;
  #key = null;

  /** Agree on a new key; the app does so before every sync and every single operation. */
  async handshake(send) {
    const privateKey = Uint8Array.from(randomBytes(32));
    const publicKey = x25519.getPublicKey(privateKey);
    const said = { client_id: this.clientId, client_public_key: base64urlnopad.encode(publicKey) };
    const { hub_public_key, hub_id, success } = JSON.parse(await send("/rpc/handshake", JSON.stringify(said)));
    if (!success || !hub_public_key || !hub_id) throw new Error("the handshake's reply lacks something");
    const hubKey = base64urlnopad.decode(hub_public_key);
    const info = Uint8Array.from([...hubKey, ...publicKey]);
    this.#key = hkdf(sha256, x25519.getSharedSecret(privateKey, hubKey), SALT, info, 32);
    this.hubId = hub_id;
  }

  /** Sign a member of staff in; the token goes with every later call, across handshakes. */
  async login(send, [email, password]) {
    this.token = null;
    const { token } = await this.call(send, "command", "login", { email, password });
    this.token = token;
  }

  /** Call a procedure: `kind` is "command" or "query". Throws for everything that the app takes for a failure. */
  async call(send, kind, name, args, lose) {
    const inner = { [kind]: name, [kind === "command" ? "data" : "params"]: args, token: this.token };
    const body = JSON.stringify({ client_id: this.clientId, payload: this.#seal(JSON.stringify(inner), kind) });
    const { payload, error, code } = JSON.parse(await send(`/rpc/${kind}`, body, lose));
    if (!payload) throw Object.assign(new Error(`${kind} ${name}: ${code}: ${error}`), { code });
    const result = JSON.parse(this.#open(payload, `${kind}_response`));
    if (!result) throw new Error(`${kind} ${name}: the app takes ${result} for a failure`);
    return result;
  }

  #seal(text, purpose) {
    const nonce = Uint8Array.from(randomBytes(NONCE_BYTES));
    const body = gcm(this.#key, nonce, Buffer.from(purpose)).encrypt(Buffer.from(text, "utf8"));
    return Buffer.concat([nonce, body]).toString("base64url");
  }

  #open(sealed, purpose) {
    const raw = Uint8Array.from(Buffer.from(sealed, "base64url"));
    const text = gcm(this.#key, raw.slice(0, NONCE_BYTES), Buffer.from(purpose)).decrypt(raw.slice(NONCE_BYTES));
    return Buffer.from(text).toString("utf8");
  }
}
