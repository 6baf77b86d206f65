// The server's functions, one call each. Errors are problem documents (RFC 9457) and become `Problem`.

const ROOT = new URL("../", import.meta.url);

/** What the server refused, with the library's own words. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `the server answered ${status}`);
    this.name = "Problem";
    this.status = status;
    this.isSuperseded = status === 409 && /superseded/.test(`${document.type} ${document.title}`);
  }
}

/** What stood behind # in the address: the server's token, which is taken out of it, and a photo. */
export function takeAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) sessionStorage.setItem("token", given.get("token"));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return { photo: given.get("photo") };
}

async function request(method, path, body, signal) {
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const isRaw = body instanceof Blob;
  if (body !== undefined && !isRaw) headers["Content-Type"] = "application/json";
  if (isRaw) headers["Content-Type"] = body.type || "application/octet-stream";
  const sent = body === undefined || isRaw ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(new URL(path, ROOT), { method, headers, body: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is smartmask serve still running?");
  }
  if (answer.ok) return answer;
  const document = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, document);
}

const json = async (...given) => (await request(...given)).json();
const post = (path, body, signal) => json("POST", path, body, signal);

export const demo = () => json("GET", "v1/photos/demo");
export const addPhoto = (blob) => post("v1/photos", blob);
export const layoutOf = (body) => post("v1/layouts", body);
export const importLayout = (blob) => post("v1/layouts/import", blob);
export const edit = (id, edits) => post(`v1/layouts/${id}/edits`, { edits });
export const suggest = (body, signal) => post("v1/suggest", body, signal);
export const variations = (body, signal) => post("v1/variations", body, signal);
export const between = (body, signal) => post("v1/between", body, signal);
export const insert = (body, signal) => post("v1/insert", body, signal);

/** A photo or picture as a bitmap. */
export async function picture(id) {
  const answer = await request("GET", `v1/photos/${id}`);
  return createImageBitmap(await answer.blob());
}

/** What adding a photo would answer, of one that is there already. */
export async function photoOf(id) {
  const { width, height } = await picture(id);
  return { photo_id: id, size: [width, height] };
}

/** A file to save: { blob, name }. */
export async function exported(body) {
  const answer = await request("POST", "v1/export", body);
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
  return { blob: await answer.blob(), name: named ? named[1] : body.format };
}

/** Plan a scene; gives its events, { event, data }, as they come. */
export async function* plan(body, signal) {
  const answer = await request("POST", "v1/plan", body, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r", "");
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const given = (name) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
      const data = given("data").join("\n");
      if (data) yield { event: given("event")[0] || "message", data: JSON.parse(data) };
    }
  }
}
