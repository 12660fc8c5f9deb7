import { kept } from '../storage';
import { randomUuid } from '../uuid';

const KEY = 'meydan.device';

/** This browser, as the list of devices shows it: made once and kept. */
export function thisDevice(): { id: string; name: string } {
  let id = kept.getItem(KEY);
  if (!id) {
    id = randomUuid();
    kept.setItem(KEY, id);
  }
  return { id, name: deviceName(navigator.userAgent) };
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|CrOS/, 'Linux'],
];

export function deviceName(userAgent: string): string {
  const nameIn = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [nameIn(BROWSERS) ?? 'Browser', nameIn(SYSTEMS)].filter(Boolean).join(' · ');
}
