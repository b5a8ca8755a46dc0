import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.js";

export type Schemas = components["schemas"];

export function setting(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
}

/** A client that acts as this instance or conductor. */
export function as(user: string, secret: string): Client<paths> {
  const credential = Buffer.from(`${user}:${secret}`, "utf8").toString("base64");
  return createClient<paths>({ baseUrl: setting("AUDREY_SERVER"), headers: { Authorization: `Basic ${credential}` } });
}

/** Returns the answer. A problem ends the program and prints its text. */
export function told<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  if (answer.data !== undefined) return answer.data;
  throw new Error(`${answer.response.status}: ${answer.error?.type} ${answer.error?.detail} ${JSON.stringify(answer.error?.errors)}`);
}
