// The whole life of a deployable, with a client that was generated from the server's OpenAPI document. The program acts as the conductor and as the guests.
import assert from "node:assert/strict";
import { as, setting, told, type Schemas } from "./client.js";
import { Guest } from "./guest.js";

const conductor = as(setting("AUDREY_CONDUCTOR_KEY"), setting("AUDREY_CONDUCTOR_SECRET"));
const deployable = setting("AUDREY_DEPLOYABLE");
const [db, web] = [`${deployable}-db`, `${deployable}-web`];
const secretOf = (uuid: string) => `the secret of ${uuid}`;
const script = { fileName: "start", contents: "#!/bin/sh\n" };

const shop: Schemas["DeployableRequest"] = {
  name: "a shop",
  deadlineSeconds: 3600,
  instances: [
    {
      id: db, assembly: "db", secret: secretOf(db), provide: [{ name: "port" }, { name: "password", secret: true }],
      services: [{ name: "mysql", executable: script, parameters: [{ name: "clients", type: "list", from: { group: "web", parameter: "host" } }] }],
    },
    {
      id: web, assembly: "web", ordinal: 0, secret: secretOf(web), provide: [{ name: "host" }],
      services: [{
        name: "http", executable: script,
        parameters: [
          { name: "port", type: "integer", from: { instance: db, parameter: "port" } },
          { name: "password", secret: true, from: { instance: db, parameter: "password" } },
          { name: "ready", type: "integer", from: { instance: db, service: "mysql" } },
          { name: "workers", type: "integer", value: "4" },
        ],
      }],
    },
  ],
};
const at = { path: { deployable } };
const group = { path: { deployable, group: "web" } };

// @ts-expect-error an instance has an assembly
export const mistake: Schemas["InstanceRequest"] = { id: "x", secret: "y" };

async function register(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const registered = told(await conductor.PUT("/v3/deployables/{deployable}", { params: at, body: shop }));
    assert.deepEqual(registered, { instances: 2, warnings: [] });
  }
  const other = await conductor.PUT("/v3/deployables/{deployable}", { params: at, body: { ...shop, name: "another" } });
  assert.deepEqual([other.response.status, other.error?.type], [409, "urn:audrey:problem:already-registered"]);
}

async function liveAsDatabase(guest: Guest): Promise<Schemas["Hello"]> {
  const hello = await guest.hello();
  assert.deepEqual(hello.provide.map(one => [one.name, one.secret]), [["port", false], ["password", true]]);
  assert.match(await guest.tarball(hello), /mysql\/start/);
  await guest.give(hello, { port: 3306, password: "hunter2" });
  const configuration = await guest.configuration(one => one.complete);
  assert.deepEqual(configuration.services[0]?.parameters.map(one => one.value), [["web-0.example.com"]]);
  await guest.run(hello, "mysql", "imported\nthe password is hunter2\n");
  await guest.applied(hello);
  return hello;
}

async function liveAsWeb(guest: Guest): Promise<void> {
  const hello = await guest.hello();
  await guest.give(hello, { host: "web-0.example.com" });
  const configuration = await guest.configuration(one => one.complete);
  const values = Object.fromEntries((configuration.services[0]?.parameters ?? []).map(one => [one.name, one.value]));
  assert.deepEqual(values, { workers: 4, port: 3306, password: "hunter2", ready: 0 });
  await guest.run(hello, "http", "up\n");
  await guest.applied(hello);
}

async function status(): Promise<Schemas["DeployableStatus"]> {
  return told(await conductor.GET("/v3/deployables/{deployable}", { params: at }));
}

await register();
const before = await status();
assert.deepEqual([before.status, before.expected, before.timedOut, before.beingRegistered], ["incomplete", 2, false, false]);
const waits = before.instances.flatMap(one => one.services).flatMap(one => one.waits);
assert.deepEqual(waits.find(one => one.name === "clients")?.group, { name: "web", given: 0, needed: 1, size: 1 });
assert.equal(waits.find(one => one.name === "port")?.provider.assembly, "db");

const database = new Guest(db, secretOf(db));
await Promise.all([liveAsDatabase(database), liveAsWeb(new Guest(web, secretOf(web)))]);
const after = await status();
assert.deepEqual([after.status, after.causes, after.deadlocks], ["success", [], []]);
const report = told(await conductor.GET("/v3/instances/{uuid}/report", { params: { path: { uuid: db } } }));
assert.deepEqual([report.services[0]?.run, report.services[0]?.message, report.facts["runtime"]], [1, "half-way", process.version]);
assert.match(report.services[0]?.output ?? "", /^imported/);
assert.doesNotMatch(JSON.stringify([report, after]), /hunter2/);

const none = await conductor.PUT("/v3/deployables/{deployable}/groups/{group}", { params: group, body: { size: -1 } });
assert.deepEqual([none.response.status, none.error?.errors?.[0]?.pointer], [400, "/size"]);
for (let i = 0; i < 2; i++) {
  const begun = await conductor.PUT("/v3/deployables/{deployable}/groups/{group}", { params: group, body: { size: 2 } });
  assert.deepEqual([begun.response.status, begun.data?.state], [202, "unfinished"]);
  for (;;) {
    const state = told(await conductor.GET("/v3/deployables/{deployable}/groups/{group}", { params: group }));
    if (state.state === "unfinished") continue;
    assert.deepEqual([state.state, state.added, state.removed], ["finished", 1, 0]);
    break;
  }
}
const grown = told(await conductor.GET("/v3/deployables/{deployable}/groups/{group}/added", { params: group }));
const newcomer = grown.added[0];
assert(newcomer && grown.added.length === 1);
const waiting = database.configuration(one => one.complete && one.services[0]?.parameters.length === 1);
const another = new Guest(newcomer.id, newcomer.secret);
await another.give(await another.hello(), { host: "web-1.example.com" });
assert.deepEqual((await waiting).services[0]?.parameters[0]?.value, ["web-0.example.com", "web-1.example.com"]);

const replaced = { params: { path: { deployable, uuid: newcomer.id } }, body: { secret: "the next secret" } };
for (let i = 0; i < 2; i++)
  assert.equal((await conductor.PUT("/v3/deployables/{deployable}/instances/{uuid}", replaced)).response.status, 204);
assert.equal((await new Guest(newcomer.id, "the next secret").hello()).generation, 2);
await assert.rejects(another.hello(), /not-authorized/);

const renewal = { params: { path: { deployable, uuid: newcomer.id } } };
const renewed = told(await conductor.POST("/v3/deployables/{deployable}/instances/{uuid}/replacement", renewal));
assert.equal((await new Guest(newcomer.id, renewed.secret).hello()).generation, 3);
const page = told(await conductor.GET("/v3/deployables/{deployable}/instances", { params: at }));
assert.deepEqual([page.instances.length, page.next], [3, undefined]);

const listed: string[] = [];
for (let after: string | undefined; ;) {
  const page = told(await conductor.GET("/v3/deployables", { params: { query: after === undefined ? {} : { after } } }));
  listed.push(...page.deployables);
  if (page.next == null) break;
  after = page.next;
}
assert(listed.includes(deployable));
assert.equal((await conductor.DELETE("/v3/deployables/{deployable}", { params: at })).response.status, 202);
for (;;) {
  const summary = await conductor.GET("/v3/deployables/{deployable}/summary", { params: at });
  if (summary.response.status === 404) break;
  assert.equal(told(summary).beingDeleted, true);
}
assert.equal((await conductor.DELETE("/v3/deployables/{deployable}", { params: at })).response.status, 404);
const gone = await conductor.GET("/v3/deployables/{deployable}", { params: at });
assert.equal(gone.error?.type, "urn:audrey:problem:not-found");
console.log("passed");
