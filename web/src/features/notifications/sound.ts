/** A soft sound for a message that the person does not see come. It is computed, so there is nothing to load. */
import { useSession } from '../../kit/api/session';
import { onNews } from '../../kit/realtime';
import { kept } from '../../kit/storage';
import { isGranted, isWantedBy } from './push';

const OFF = 'meydan.sound.off';
const NOTES = [587.33, 783.99]; // d'' g''
const LENGTH = 0.45;
const APART = 0.12;
const LOUDNESS = 0.05;

export const isSoundOn = () => kept.getItem(OFF) === null;

export function switchSound(on: boolean): void {
  if (on) kept.removeItem(OFF);
  else kept.setItem(OFF, '1');
}

let context: AudioContext | null = null;

/** Browsers let a page sound only after it was touched. */
function begin(): void {
  if ('AudioContext' in window) context ??= new AudioContext();
}

export function startSound(): void {
  for (const touch of ['pointerdown', 'keydown'] as const) addEventListener(touch, begin, { once: true });
  onNews((frame) => {
    if (frame.t !== 'message' || frame.message.type !== 'text') return;
    const { me } = useSession.getState();
    const isForMe = frame.profile_id === me?.profile.id && frame.message.sender_profile_id !== frame.profile_id;
    if (isForMe && me && isSoundOn() && !isSeen(frame.message.conversation_id, me.user_id)) void soundOnce();
  });
}

/** In sight, or shown by the browser, which has a sound of its own. */
function isSeen(conversationId: string, userId: string): boolean {
  if (document.visibilityState === 'visible') return location.pathname === `/messages/${conversationId}`;
  return isGranted() && isWantedBy(userId);
}

/** Several tabs hear the same message: one of them sounds. */
async function soundOnce(): Promise<void> {
  if (!navigator.locks) return sound();
  await navigator.locks.request('meydan.sound', { ifAvailable: true }, async (turn) => {
    if (!turn) return;
    sound();
    await new Promise((over) => setTimeout(over, 1000));
  });
}

export function sound(): void {
  begin();
  if (context === null || context.state !== 'running') return;
  NOTES.forEach((frequency, place) => {
    if (context) strike(context, frequency, context.currentTime + place * APART);
  });
}

function strike(audio: AudioContext, frequency: number, at: number): void {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + LENGTH);
}
