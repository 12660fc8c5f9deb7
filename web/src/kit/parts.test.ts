// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PartMissing, part } from './parts';

let reloads: number;
let answers: (string | null)[];
const page = (entry: string) => `<script type="module" src="/assets/${entry}.js"></script>`;
const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));

beforeEach(() => {
  reloads = 0;
  sessionStorage.clear();
  document.head.innerHTML = page('index-one');
  vi.stubGlobal('location', {
    reload: () => {
      reloads += 1;
    },
  });
  vi.stubGlobal('fetch', async () => {
    const html = answers.length > 1 ? answers.shift() : answers[0];
    if (html == null) throw new TypeError('no network');
    return new Response(html);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a part that is gone', () => {
  it('reloads the page into the build that the server has, once', async () => {
    answers = [page('index-two')];
    void part(gone);
    await vi.waitFor(() => expect(reloads).toBe(1));
    await expect(part(gone)).rejects.toBeInstanceOf(PartMissing); // the same build came back
    expect(reloads).toBe(1);
  });

  it('reloads nothing when the server has this very build', async () => {
    answers = [page('index-one')];
    await expect(part(gone)).rejects.toBeInstanceOf(PartMissing);
    expect(reloads).toBe(0);
  });

  it('reloads nothing where the tab cannot remember it', async () => {
    answers = [page('index-two')];
    vi.spyOn(globalThis, 'sessionStorage', 'get').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    await expect(part(gone)).rejects.toBeInstanceOf(PartMissing);
    expect(reloads).toBe(0);
  });
});

describe('a part without a network', () => {
  it('is waited for', async () => {
    vi.useFakeTimers();
    answers = [null, null, page('index-one')];
    let tries = 0;
    const found = part(() => {
      tries += 1;
      return tries === 1 ? gone() : Promise.resolve('here');
    });
    await vi.advanceTimersByTimeAsync(6000);
    await expect(found).resolves.toBe('here');
    expect(reloads).toBe(0);
  });
});
