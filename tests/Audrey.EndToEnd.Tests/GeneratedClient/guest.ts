import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { as, told, type Schemas } from "./client.js";

type Values = Schemas["ValuesRequest"]["values"];

/** A guest that performs all operations of its life with the generated client. */
export class Guest {
  private readonly api;
  private revision = "";
  private tag = "";

  constructor(private readonly uuid: string, secret: string) {
    this.api = as(uuid, secret);
  }

  private get path() {
    return { uuid: this.uuid };
  }

  async hello(): Promise<Schemas["Hello"]> {
    return told(await this.api.GET("/v3/instances/{uuid}/hello", { params: { path: this.path } }));
  }

  async give(hello: Schemas["Hello"], values: Values): Promise<void> {
    const body = { generation: hello.generation, revision: hello.valuesRevision + 1, values };
    const given = told(await this.api.PUT("/v3/instances/{uuid}/values", { params: { path: this.path }, body }));
    assert.deepEqual([given.applied, given.missing], [true, []]);
    const again = told(await this.api.PUT("/v3/instances/{uuid}/values", { params: { path: this.path }, body }));
    assert.equal(again.applied, false);
  }

  /** The files of the guest's services, in the form of the archive. */
  async tarball(hello: Schemas["Hello"]): Promise<string> {
    const answer = await this.api.GET("/v3/instances/{uuid}/tarball", { params: { path: this.path }, parseAs: "arrayBuffer" });
    assert(answer.data, `the tarball: ${answer.response.status}`);
    const bytes = new Uint8Array(answer.data);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), hello.tarball?.sha256);
    return gunzipSync(bytes).toString("latin1");
  }

  /** Waits until the configuration differs from the last one and satisfies the condition. */
  async configuration(wanted: (configuration: Schemas["Configuration"]) => boolean): Promise<Schemas["Configuration"]> {
    for (;;) {
      const known = this.tag ? { header: { "If-None-Match": this.tag } } : {};
      const answer = await this.api.GET("/v3/instances/{uuid}/configuration", { params: { path: this.path, query: { wait: "20s" }, ...known } });
      if (answer.response.status === 304) continue;
      const configuration = told(answer);
      assert.notEqual(configuration.revision, this.revision);
      this.tag = answer.response.headers.get("ETag") ?? "";
      assert.equal(this.tag, `W/"${configuration.revision}"`);
      this.revision = configuration.revision;
      if (wanted(configuration)) return configuration;
    }
  }

  async run(hello: Schemas["Hello"], service: string, output: string): Promise<void> {
    const of = { params: { path: { ...this.path, service } } };
    const { generation } = hello;
    told(await this.api.PUT("/v3/instances/{uuid}/services/{service}", { ...of, body: { generation, run: 1, state: "started" } }));
    told(await this.api.PUT("/v3/instances/{uuid}/services/{service}", { ...of, body: { generation, run: 1, state: "progress", message: "half-way" } }));
    const ended = { generation, run: 1, state: "ended", exitStatus: 0, durationSeconds: 0.5, output };
    told(await this.api.PUT("/v3/instances/{uuid}/services/{service}", { ...of, body: ended }));
  }

  async applied(hello: Schemas["Hello"]): Promise<void> {
    const of = { params: { path: this.path } };
    told(await this.api.PUT("/v3/instances/{uuid}/applied", { ...of, body: { generation: hello.generation, revision: this.revision } }));
    told(await this.api.PUT("/v3/instances/{uuid}/facts", { ...of, body: { generation: hello.generation, facts: { runtime: process.version } } }));
    told(await this.api.PUT("/v3/instances/{uuid}/heartbeat", of));
  }
}

/** Code that must not compile. It compiles if a type of the document allows too much. */
export const mistakes: Values[] = [
  { port: 3306, host: "h", ready: true, lines: ["a", "b"], key: { base64: "AP8=" } },
  // @ts-expect-error a value is not an object
  { port: { number: 3306 } },
  // @ts-expect-error a value is not null
  { port: null },
];
