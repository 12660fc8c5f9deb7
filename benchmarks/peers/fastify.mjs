// The peer of benchmarks/endpoints.py: list and send a message in Fastify and pg, under the same row level security, in the
// same one transaction, with the same statements; prepared, settings folded into BEGIN, serialised by schema.
import { createRequire } from 'node:module';
const require = createRequire(process.env.MODULES);
const { Pool } = require('pg');
const { createVerifier } = require('fast-jwt');
const fastify = require('fastify');

const pool = new Pool({ connectionString: process.env.DATABASE, max: 8, min: 8 });
const verify = createVerifier({ key: process.env.TOKEN_KEY, algorithms: ['HS256'] });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const PAGE = `select id, conversation_id, seq, sender_profile_id, sender_device_id, kind, epoch, body, created_at
  from app.messages where tenant_id = $1 and conversation_id = $2 and seq > $3 and seq < $4 order by seq asc limit $5`;
const SEND = `select outcome, seq, created_at, current_epoch, peer_user_id, peer_profile_id
  from app.send_message($1, $2, $3, $4, $5, $6, $7, null, null, $8, $9)`;
const TELL = 'insert into app.outbox (tenant_id, user_id, payload) values ($1, $2, $3)';

const literal = (value) => {
  if (!UUID.test(value)) throw new Error('not a uuid');
  return `'${value}'`;
};

async function asPerson(me, work) {
  const client = await pool.connect();
  try {
    await client.query(
      `begin;set local app.tenant_id='${Number(me.tid)}';set local app.user_id=${literal(me.sub)};set local app.profile_id=${literal(me.pid)}`,
    );
    const answer = await work(client);
    await client.query('commit');
    return answer;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

const uuid = { type: 'string', format: 'uuid' };
const text = { type: 'string' };
const number = { type: 'integer' };
const message = {
  type: 'object',
  properties: {
    id: text, conversation_id: text, seq: number, sender_profile_id: text, sender_device_id: text,
    kind: text, epoch: number, body: text, created_at: { type: 'string', format: 'date-time' },
  },
};

const app = fastify({ logger: false });
app.decorateRequest('me', null);
app.addHook('onRequest', async (request, reply) => {
  try {
    request.me = verify((request.headers.authorization ?? '').slice(7));
  } catch {
    return reply.code(401).send({ code: 'not_logged_in' });
  }
});

const shown = (row) => ({ ...row, seq: Number(row.seq), body: row.body.toString('base64') });

app.get(
  '/api/messages/:conversation',
  {
    schema: {
      params: { type: 'object', properties: { conversation: uuid } },
      querystring: {
        type: 'object',
        properties: {
          after: { type: 'integer', minimum: 0, default: 0 },
          limit: { type: 'integer', minimum: 1, maximum: 100, default: 100 },
        },
      },
      response: {
        200: { type: 'object', properties: { items: { type: 'array', items: message }, next: { type: ['integer', 'null'] } } },
      },
    },
  },
  async (request) => {
    const { after, limit } = request.query;
    const { rows } = await asPerson(request.me, (client) =>
      client.query({
        name: 'page', text: PAGE,
        values: [request.me.tid, request.params.conversation, after, '4611686018427387904', limit],
      }),
    );
    const items = rows.map(shown);
    return { items, next: items.length === limit ? items.at(-1).seq : null };
  },
);

app.post(
  '/api/messages/send',
  {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'conversation_id', 'type', 'epoch', 'body'],
        properties: {
          id: uuid, conversation_id: uuid, type: { enum: ['text', 'commit', 'join_request'] },
          epoch: { type: 'integer', minimum: 0 }, body: { type: 'string', minLength: 1, maxLength: 90000 },
          connection_type: { type: ['string', 'null'], maxLength: 40 },
        },
      },
      response: { 201: message },
    },
  },
  async (request, reply) => {
    const { me, body: sent } = request;
    const body = Buffer.from(sent.body, 'base64');
    const answer = await asPerson(me, async (client) => {
      const { rows: [done] } = await client.query({
        name: 'send', text: SEND,
        values: [me.tid, sent.conversation_id, sent.id, me.did, sent.type, sent.epoch, body, 'bench', sent.connection_type ?? null],
      });
      if (done.outcome !== 'sent') throw new Error(done.outcome);
      const told = {
        id: sent.id, conversation_id: sent.conversation_id, seq: Number(done.seq), sender_profile_id: me.pid,
        sender_device_id: me.did, kind: sent.kind, epoch: sent.epoch, body: sent.body, created_at: done.created_at,
      };
      for (const [user, profile] of [[done.peer_user_id, done.peer_profile_id], [me.sub, me.pid]])
        await client.query({
          name: 'tell', text: TELL,
          values: [me.tid, user, JSON.stringify({ t: 'message', profile_id: profile, message: told })],
        });
      return told;
    });
    return reply.code(201).send(answer);
  },
);

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
