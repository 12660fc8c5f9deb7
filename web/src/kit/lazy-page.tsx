import { type ComponentType, lazy } from 'react';
import { part } from './parts';

/**
 * A page in a file of its own. The router loads it ahead, but does not wait for a network: the frame around it is drawn and
 * says what is wrong, and the page follows when its file could be had.
 */
export function lazyPage<Name extends string, Props extends object = object>(
  load: () => Promise<Record<Name, ComponentType<NoInfer<Props>>>>,
  name: Name,
) {
  let ready: ComponentType<Props> | null = null;
  const Late = lazy(async () => {
    const page: ComponentType<Props> = (await part(load))[name];
    return { default: page };
  });
  function LazyPage(props: Props) {
    const Shown: ComponentType<Props> = ready ?? Late;
    return <Shown {...props} />;
  }
  LazyPage.preload = () =>
    load().then(
      (file) => {
        ready = file[name];
      },
      () => {
        // drawing it asks again
      },
    );
  return LazyPage;
}
