// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserKeeps, kept, keptInTab, tabKeeps } from './storage';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
});

function blockSiteData(): void {
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    vi.spyOn(globalThis, name, 'get').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
  }
}

describe('a browser that keeps', () => {
  it('keeps over visits and over reloads of the tab', () => {
    kept.setItem('a', '1');
    keptInTab.setItem('b', '2');
    expect([localStorage.getItem('a'), sessionStorage.getItem('b')]).toEqual(['1', '2']);
    kept.removeItem('a');
    expect(kept.getItem('a')).toBeNull();
    expect([browserKeeps(), tabKeeps()]).toEqual([true, true]);
  });
});

describe('a browser that blocks site data', () => {
  it('throws at nobody: the page remembers for as long as it lives', () => {
    blockSiteData();
    kept.setItem('a', '1');
    keptInTab.setItem('b', '2');
    expect([kept.getItem('a'), keptInTab.getItem('b'), kept.getItem('c')]).toEqual(['1', '2', null]);
    kept.removeItem('a');
    expect(kept.getItem('a')).toBeNull();
    expect([browserKeeps(), tabKeeps()]).toEqual([false, false]);
  });

  it('is told apart when it blocks only cookies', () => {
    vi.stubGlobal('navigator', Object.create(navigator, { cookieEnabled: { value: false } }));
    expect(browserKeeps()).toBe(false);
  });
});

describe('a full disk', () => {
  it('does not bring back what was kept before', () => {
    kept.setItem('a', 'old');
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    kept.setItem('a', 'new');
    expect(kept.getItem('a')).toBe('new');
    full.mockRestore();
  });
});
