import {
  type DefaultError,
  type UseMutateFunction,
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

/**
 * Something a person does. The same done twice at once (a double click, an impatient Enter) is done once: the button's
 * busy look comes a moment later than the second click can.
 */
export function useAction<Data, Variables = void>(
  options: UseMutationOptions<Data, DefaultError, Variables> & { mutationFn: (variables: Variables) => Promise<Data> },
): UseMutationResult<Data, DefaultError, Variables> {
  const running = useRef(new Set<string>());
  const action = useMutation<Data, DefaultError, Variables>({
    ...options,
    mutationFn: async (variables) => {
      const key = JSON.stringify(variables) ?? '';
      try {
        return await options.mutationFn(variables);
      } finally {
        running.current.delete(key);
      }
    },
  });
  const start = action.mutate;
  const mutate = useCallback<UseMutateFunction<Data, DefaultError, Variables>>(
    (...rest) => {
      const key = JSON.stringify(rest[0]) ?? '';
      if (running.current.has(key)) return;
      running.current.add(key);
      start(...rest);
    },
    [start],
  );
  return { ...action, mutate };
}
