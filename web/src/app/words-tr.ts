import type { Messages } from '@lingui/core';

const files = import.meta.glob<Messages>(['../locales/tr.po', '../features/*/locales/frame/tr.po'], {
  eager: true,
  import: 'messages',
});

export const messages: Messages = Object.assign({}, ...Object.values(files));
