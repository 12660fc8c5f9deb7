import { type MouseEvent, type PointerEvent, useEffect, useRef } from 'react';

const AFTER = 450;
const SLACK = 10;

/** Handlers for an element that is pressed long with a finger or pen; a mouse has its own ways. */
export function useLongPress(onPress: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const from = useRef({ x: 0, y: 0 });
  const isTouch = useRef(false);
  const pressed = useRef(false);
  const stop = () => clearTimeout(timer.current);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      pressed.current = false;
      isTouch.current = event.pointerType !== 'mouse';
      if (!isTouch.current || !event.isPrimary) return;
      from.current = { x: event.clientX, y: event.clientY };
      timer.current = setTimeout(() => {
        pressed.current = true;
        onPress();
      }, AFTER);
    },
    onPointerMove: (event: PointerEvent) => {
      if (Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > SLACK) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    // The browser's own menu of a long press would lie over ours.
    onContextMenu: (event: MouseEvent) => {
      if (isTouch.current) event.preventDefault();
    },
    // The finger that opened the menu does not follow the link under it.
    onClickCapture: (event: MouseEvent) => {
      if (!pressed.current) return;
      pressed.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
