/**
 * Keeps the conversations of the active profile in step with the server while somebody is logged in: opens its vault,
 * listens to the socket, tries again after every loss. Pages read from here; nothing of it depends on a page being open.
 */
import { useSession } from '../../kit/api/session';
import type { Conversation } from '../../kit/api/types';
import { knowsServerTime, serverNow } from '../../kit/clock';
import { queryClient } from '../../kit/queries';
import { type News as Frame, onNews, useConnection } from '../../kit/realtime';
import { kept } from '../../kit/storage';
import { type Client, destroyVault, openClient } from './crypto/client';
import type { News } from './crypto/follower';
import type { Entry, Facts } from './crypto/records';
import { NoAnswer, ServerRefusal } from './crypto/server';
import { asFacts, conversationsQuery, listSoon, patchConversation } from './data';
import { askDeviceId, messageServer } from './http';
import { useLetterbox } from './store';

const AGAIN_AFTER = [500, 1000, 2000, 3000, 3000, 3000, 5000, 5000, 10_000, 30_000];
const ANNOUNCE_AFTER = 5000;
const FORGET_EVERY = 10 * 60_000;
const deviceKey = (profileId: string) => `meydan.talk-device.${profileId}`;

/** Follows the session for as long as the page lives. */
export function startLetterbox(): void {
  useSession.subscribe((now, before) => {
    const [profileId, last] = [now.me?.profile.id ?? null, before.me?.profile.id ?? null];
    if (profileId !== last) void follow(profileId);
    // Who logs out takes their words along; a session that merely ran out leaves them sealed for the next log in.
    if (before.me && now.ended?.code === 'left') void forgetPeople(before.me.faces.map((face) => face.profile.id));
  });
  onNews(hear);
  useConnection.subscribe((now, before) => {
    if (now.connection !== before.connection) useLetterbox.getState().client?.conversations.doubt();
    if (now.connection === 'open' && before.connection !== 'open') void syncAll();
  });
  addEventListener('online', () => void syncAll());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void syncAll(); // the line may have died while nobody looked
  });
  setInterval(() => {
    const { client } = useLetterbox.getState();
    if (client !== null) forgetExpired(client).catch(reportError);
  }, FORGET_EVERY);
  void follow(useSession.getState().me?.profile.id ?? null);
}

async function follow(profileId: string | null): Promise<void> {
  useLetterbox.getState().client?.close();
  useLetterbox.getState().newcomer?.close();
  useLetterbox.setState({ profileId, client: null, newcomer: null, trouble: null });
  for (const job of jobs.values()) clearTimeout(job.timer);
  jobs.clear();
  if (profileId === null) return;
  if (!window.isSecureContext || !navigator.locks || !(await canMakeKeys())) {
    useLetterbox.setState({ trouble: 'no_keys' });
    return;
  }
  await openFor(profileId, 0);
}

async function openFor(profileId: string, attempt: number): Promise<void> {
  const wanted = () => useLetterbox.getState().profileId === profileId;
  const again = () => {
    const wait = AGAIN_AFTER[Math.min(attempt, AGAIN_AFTER.length - 1)];
    setTimeout(() => wanted() && !useLetterbox.getState().client && void openFor(profileId, attempt + 1), wait);
  };
  let deviceId: string;
  try {
    deviceId = kept.getItem(deviceKey(profileId)) ?? (await askDeviceId());
  } catch {
    return again(); // offline, or the server starts: without its word this browser has no name yet
  }
  if (!wanted()) return;
  kept.setItem(deviceKey(profileId), deviceId);
  const server = messageServer((name) => {
    if (name === deviceId || !wanted()) return;
    kept.setItem(deviceKey(profileId), name); // this browser was forgotten and is another device now
    void follow(profileId);
  });
  let opened: Awaited<ReturnType<typeof openClient>>;
  try {
    opened = await openClient(profileId, deviceId, server, () => wanted() && void follow(profileId));
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof ServerRefusal) return again(); // nobody knows yet whose keys count
    if (wanted()) useLetterbox.setState({ trouble: 'no_storage' });
    return;
  }
  if ('newcomer' in opened) {
    if (!wanted()) return opened.newcomer.close();
    useLetterbox.setState({ newcomer: opened.newcomer, trouble: 'newcomer' });
    return;
  }
  const { client } = opened;
  if (!wanted()) return client.close();
  useLetterbox.setState({ client, trouble: null });
  await forgetExpired(client);
  void keepPackages(client, 0);
  await syncAll();
}

/** Keys and words go when the server's time is past their end, never because this machine's clock is wrong. */
async function forgetExpired(client: Client): Promise<void> {
  if (knowsServerTime()) await client.conversations.forgetExpired(new Date(serverNow()));
}

async function keepPackages(client: Client, attempt: number): Promise<void> {
  try {
    const isCurrent = await client.keepPackages();
    if (useLetterbox.getState().client !== client) return;
    const wasReplaced = useLetterbox.getState().trouble === 'replaced';
    useLetterbox.setState({ trouble: isCurrent ? null : 'replaced' });
    if (isCurrent && wasReplaced) await syncAll();
  } catch {
    const wait = AGAIN_AFTER[Math.min(attempt, AGAIN_AFTER.length - 1)];
    setTimeout(() => useLetterbox.getState().client === client && void keepPackages(client, attempt + 1), wait);
  }
}

function replenish(): void {
  const { client } = useLetterbox.getState();
  if (client !== null) void keepPackages(client, 0);
}

/** The identity that another browser sealed under this code becomes this browser's. Throws `WrongCode`, `NothingOffered`. */
export async function adoptIdentity(code: string): Promise<void> {
  const { client, newcomer, profileId } = useLetterbox.getState();
  await (newcomer ?? client)?.adoptIdentity(code);
  await follow(profileId);
}

/** This browser's identity is the profile's from now on: a new one, or the one it had. */
export async function insistOnIdentity(): Promise<void> {
  const { client, newcomer, profileId } = useLetterbox.getState();
  await (newcomer ? newcomer.startAnew() : client?.reclaimIdentity());
  await follow(profileId);
}

async function canMakeKeys(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
    return true;
  } catch {
    return false;
  }
}

async function forgetPeople(profileIds: readonly string[]): Promise<void> {
  for (const profileId of profileIds) {
    const deviceId = kept.getItem(deviceKey(profileId));
    if (deviceId === null) continue;
    kept.removeItem(deviceKey(profileId));
    await destroyVault(deviceId);
  }
}

// -- keeping in step -----------------------------------------------------------------------------------------------------

interface Job {
  news: News;
  waiting: boolean;
  running: boolean;
  failures: number;
  timer?: ReturnType<typeof setTimeout>;
}

const jobs = new Map<string, Job>();

/** Brings a conversation up to date soon; what comes while it runs is done after it, together. */
export function sync(conversationId: string, news: News = 'ask'): void {
  const job = jobs.get(conversationId) ?? { news: 'nothing', waiting: false, running: false, failures: 0 };
  jobs.set(conversationId, job);
  job.news = merge(job.waiting ? job.news : 'nothing', news);
  job.waiting = true;
  clearTimeout(job.timer);
  if (!job.running) void run(conversationId, job);
}

function merge(a: News, b: News): News {
  if (a === 'ask' || b === 'ask') return 'ask';
  if (a === 'nothing') return b;
  return b === 'nothing' ? a : [...a, ...b];
}

async function run(conversationId: string, job: Job): Promise<void> {
  job.running = true;
  try {
    while (job.waiting && jobs.get(conversationId) === job) {
      const { client } = useLetterbox.getState();
      const news = job.news;
      job.waiting = false;
      if (client === null) return; // opening it asks about everything
      const facts = await factsOf(conversationId);
      if (facts !== null) {
        await client.conversations.sync(facts, news);
        if (await client.conversations.isStranded(facts)) announceLater(client, facts);
      }
      job.failures = 0;
    }
  } catch (error) {
    tryAgain(conversationId, job, error);
  } finally {
    job.running = false;
  }
}

function tryAgain(conversationId: string, job: Job, error: unknown): void {
  if (jobs.get(conversationId) !== job) return; // another profile's time now
  if (error instanceof ServerRefusal && (error.status === 404 || error.status === 401)) return;
  if (error instanceof ServerRefusal && error.code === 'conversation_closed') {
    void queryClient.invalidateQueries({ queryKey: conversationsQuery.queryKey });
  }
  const patience = AGAIN_AFTER[Math.min(job.failures, AGAIN_AFTER.length - 1)] ?? 1000;
  const asked = error instanceof ServerRefusal ? (error.retryAfter ?? 0) * 1000 : 0;
  job.failures += 1;
  job.waiting = true;
  job.news = 'ask';
  job.timer = setTimeout(() => !job.running && void run(conversationId, job), Math.max(patience, asked));
  if (!(error instanceof NoAnswer || error instanceof ServerRefusal)) reportError(error);
}

async function factsOf(conversationId: string): Promise<Facts | null> {
  const find = (items: readonly Conversation[]) => items.find((one) => one.id === conversationId);
  const known = find(queryClient.getQueryData(conversationsQuery.queryKey)?.items ?? []);
  const conversation =
    known ?? find((await queryClient.fetchQuery({ ...conversationsQuery, staleTime: 0, retry: false })).items);
  return conversation === undefined ? null : asFacts(conversation);
}

/** After every return: what happened while we were away, and what we wrote meanwhile. */
export async function syncAll(): Promise<void> {
  const { client } = useLetterbox.getState();
  if (client === null) return;
  try {
    const { items } = await queryClient.fetchQuery({ ...conversationsQuery, staleTime: 0, retry: false });
    for (const one of items) {
      // After a restart of the server everybody comes at once: only what moved is asked for.
      const facts = asFacts(one);
      if (!(await client.conversations.isBehind(facts, one.last_seq, lastOf(one)))) continue;
      sync(one.id);
      if (!facts.opener && !facts.closed && one.epoch === 0) announceLater(client, facts);
    }
    await client.conversations.outlive(new Set(items.map(({ id }) => id)));
  } catch {
    setTimeout(() => void syncAll(), 5000); // the list itself could not be had
  }
}

function lastOf({ last_id: id, last_at: at }: Conversation): Entry | null {
  return id && at ? { id, at } : null;
}

const announcing = new Set<string>();

/**
 * The other side has the first word in founding the group; when it is silent, this device says that it is there. Where
 * all devices of a group seem gone, one that may be there has as long to let this one in.
 */
function announceLater(client: Client, facts: Facts): void {
  if (announcing.has(facts.id)) return;
  announcing.add(facts.id);
  setTimeout(() => {
    announcing.delete(facts.id);
    if (useLetterbox.getState().client !== client) return;
    client.conversations.announce(facts).catch((error) => {
      // Cut off or refused: the next return to the server tries again.
      if (!(error instanceof NoAnswer || error instanceof ServerRefusal)) reportError(error);
    });
  }, ANNOUNCE_AFTER);
}

// -- the socket ----------------------------------------------------------------------------------------------------------

function hear(frame: Frame): void {
  switch (frame.t) {
    case 'message': {
      if (frame.profile_id !== useLetterbox.getState().profileId) return;
      sync(frame.message.conversation_id, [frame.message]);
      break;
    }
    case 'receipt':
      patchConversation(frame.conversation_id, (one) =>
        frame.mine
          ? { ...one, read_seq: Math.max(one.read_seq, frame.read_seq ?? 0) }
          : {
              ...one,
              peer_delivered_seq: Math.max(one.peer_delivered_seq, frame.delivered_seq ?? 0),
              peer_read_seq: Math.max(one.peer_read_seq, frame.read_seq ?? 0),
            },
      );
      break;
    case 'identity_replaced':
      if (frame.profile_id === useLetterbox.getState().profileId) replenish(); // which sees whose it is now
      break;
    case 'match_made':
      void syncAll();
      replenish(); // meeting somebody uses up a key package
      break;
    case 'match_ended':
      patchConversation(frame.conversation_id, (one) => ({
        ...one,
        closed_at: one.closed_at ?? new Date(serverNow()).toISOString(),
      }));
      sync(frame.conversation_id);
      break;
    case 'resync':
      replenish();
      void syncAll();
      break;
    case 'grant_rejected':
      listSoon();
      break;
    default: // presence and typing are the open page's
  }
}
