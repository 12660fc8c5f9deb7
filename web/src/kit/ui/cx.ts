import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Joins class names; the last of two that contradict each other wins. */
export function cx(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
