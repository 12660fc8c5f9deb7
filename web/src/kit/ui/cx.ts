import { type ClassValue, clsx } from 'clsx';

/** Joins class names. One that takes the place of a part's own says so with an exclamation mark: `p-0!`. */
export function cx(...classes: ClassValue[]): string {
  return clsx(classes);
}
