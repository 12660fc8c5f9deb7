import { useEffect } from 'react';

let words = 'Meydan';
let waiting = 0;

function show(): void {
  document.title = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ${words}` : words;
}

/** The title of the page that is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    words = title;
    show();
  }, [title]);
}

/** How much waits for the person: before the title, and on the app's icon where there is one. */
export function useCountInTitle(count: number): void {
  useEffect(() => {
    waiting = count;
    show();
    // An icon exists where the app was put on the home screen; elsewhere the browser refuses, or knows no badges.
    const { setAppBadge, clearAppBadge } = navigator as Partial<Pick<Navigator, 'setAppBadge' | 'clearAppBadge'>>;
    void (count > 0 ? setAppBadge?.call(navigator, count) : clearAppBadge?.call(navigator))?.catch(() => {});
    return () => {
      waiting = 0;
      show();
    };
  }, [count]);
}
