// A console of QMF v2 on the packages qmf2 and amqp10. It shares no code with Audrey.
// Usage: console.js URL AGENT
// It reads one command per line from its input, as [OPCODE, BODY] in JSON, and answers each with one line of JSON.
'use strict';
const amqp = require('amqp10');
const Agent = require('qmf2/lib/agent');

const [url, name] = process.argv.slice(2);
const client = new amqp.Client(amqp.Policy.merge({ reconnect: { retries: 0 } }, amqp.Policy.Default));

client.connect(url)
  .then(() => {
    const agent = new Agent(name, client);
    return agent.initialize().then(() => agent);
  })
  .then(agent => {
    console.log('"ready"');
    require('readline').createInterface({ input: process.stdin })
      .on('line', line => {
        const [opcode, body] = JSON.parse(line);
        agent._request(opcode, name, body)
          .then(answer => console.log(JSON.stringify({ answer })), error => console.log(JSON.stringify({ error: error.name, text: error.message })));
      })
      .on('close', () => client.disconnect().then(() => process.exit(0)));
  })
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
