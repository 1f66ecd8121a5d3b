// npm web-push as its README uses it, with connections that are kept: node push_peers.js WEB_PUSH_FOLDER seal|send
// Reads a job as JSON from the standard input and prints {"seconds", "cpu_s", "done"}.
const folder = process.argv[2];
const webpush = require(folder + '/node_modules/web-push');
const https = require('https');
const job = JSON.parse(require('fs').readFileSync(0, 'utf8'));

async function seal() {
  webpush.setVapidDetails(job.subject, job.publicKey, job.privateKey);
  for (let at = 0; at < job.count; at++) webpush.generateRequestDetails(job.subscriptions[0], job.payload, { TTL: 3600 });
  return job.count;
}

async function send() {
  webpush.setVapidDetails(job.subject, job.publicKey, job.privateKey);
  const agent = new https.Agent({ keepAlive: true, maxSockets: Math.ceil(job.slots / job.origins) });
  const waiting = job.subscriptions.slice();
  let done = 0;
  async function slot() {
    while (waiting.length) {
      const answer = await webpush.sendNotification(waiting.pop(), job.payload, { agent, TTL: 3600, timeout: 10000 });
      if (answer.statusCode === 201) done++;
    }
  }
  await Promise.all(Array.from({ length: job.slots }, slot));
  agent.destroy();
  return done;
}

(async () => {
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  const done = await (process.argv[3] === 'seal' ? seal() : send());
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ seconds, cpu_s: (used.user + used.system) / 1e6, done }));
})();
