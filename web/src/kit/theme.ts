import { create } from 'zustand';
import { kept } from './storage';

export type Theme = 'system' | 'day' | 'night';
const KEY = 'meydan.theme';

function remembered(): Theme {
  const theme = kept.getItem(KEY);
  return theme === 'day' || theme === 'night' ? theme : 'system';
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: remembered() }));

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const { theme } = useTheme.getState();
  const night = theme === 'night' || (theme === 'system' && dark.matches);
  document.documentElement.dataset.ground = night ? 'night' : 'day';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') kept.removeItem(KEY);
  else kept.setItem(KEY, theme);
  useTheme.setState({ theme });
  apply();
}

/** The ground follows the system for as long as the person chose nothing. */
export function followSystem(): void {
  apply();
  dark.addEventListener('change', apply);
}
