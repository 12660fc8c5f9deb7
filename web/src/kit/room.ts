import type { MessageDescriptor } from '@lingui/core';
import type { LinkProps } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import type { Me } from './api/types';
import { type Refusals, wordRefusals } from './api/words';
import type { Catalogue } from './language';
import { type NewsFile, tellNewsBy } from './news';
import type { News } from './realtime';

/** Stands among others of its kind, the lowest rank first. */
interface Ranked {
  rank: number;
}

interface Leading extends Ranked {
  to: LinkProps['to'];
  title: MessageDescriptor;
}

/** A place in the navigation: on a desktop's rail, and where a phone has it. */
export interface Place extends Leading {
  icon: ReactNode;
  /** In the bar at the foot, behind Me, or only at the top by a part of the room's own. */
  phone: 'bar' | 'me' | 'top';
  /** How much is new there. */
  useCount?: () => number;
}

/** A row of a list that leads on: of Me, or of the wallet. */
export interface Row extends Leading {
  list: 'me.self' | 'me.coins' | 'me.staff' | 'me.account' | 'wallet';
  icon: ReactNode;
  Words?: ComponentType;
  /** Who sees it; without a word everybody does. */
  roles?: readonly Me['role'][];
}

/** A tab beside others: on the pages about people one met, or on those of the staff. */
export interface Tab extends Leading {
  of: 'people' | 'staff';
  /** Only in the community whose staff run the installation. */
  installation?: true;
}

/** A part at the top of a phone's pages. */
export interface TopPart extends Ranked {
  Part: ComponentType;
}

export type FrameHandlers = { [Type in News['t']]?: (frame: Extract<News, { t: Type }>) => void };

/** What a room says of itself. Its routes stand beside it in `room.tsx`, so that links keep their types. */
export interface Room {
  words?: Catalogue;
  /** Rooms whose parts its pages show: their words come with its own. */
  shows?: readonly string[];
  /** Rooms on whose pages its own words appear. */
  shownBy?: readonly string[];
  places?: readonly Place[];
  rows?: readonly Row[];
  tabs?: readonly Tab[];
  top?: readonly TopPart[];
  /** A strip above the pages while somebody is logged in, where a room asks for something; mostly it shows nothing. */
  above?: readonly ComponentType[];
  /** What goes on beside the pages while somebody is logged in; shows nothing of its own. */
  beside?: readonly ComponentType[];
  /** What goes on in the corner over all pages, until it is over (kit/ui/Dock.tsx); mostly it shows nothing. */
  dock?: readonly ComponentType[];
  /** Words for its notifications; `shownBy` names the room that shows them. */
  news?: () => Promise<NewsFile>;
  /** What comes of a frame, whatever page is shown. */
  frames?: FrameHandlers;
  /** Words for what the server's room refuses, by code. */
  refusals?: Refusals;
  /** Done once, before the first page. */
  start?: () => void;
}

let named: Readonly<Record<string, Room>> = {};
let opened: readonly Room[] = [];

/** Takes the list of all rooms, once. */
export function openRooms(rooms: Readonly<Record<string, Room>>): void {
  named = rooms;
  opened = Object.values(rooms);
  for (const { refusals, words, start } of opened) {
    if (refusals) wordRefusals(refusals, words);
    start?.();
  }
}

/** The catalogues that a room's pages need: its own, and those of the rooms they show. */
export function wordsOf(name: string, found = new Set<Catalogue>(), seen = new Set<string>()): Set<Catalogue> {
  const room = named[name];
  if (seen.has(name) || !room) return found;
  seen.add(name);
  if (room.words) found.add(room.words);
  for (const shown of room.shows ?? []) wordsOf(shown, found, seen);
  for (const [other, { shownBy }] of Object.entries(named)) {
    if (shownBy?.includes(name)) wordsOf(other, found, seen);
  }
  return found;
}

const inOrder = <Item extends Ranked>(items: Item[]) => items.sort((one, other) => one.rank - other.rank);

export const places = () => inOrder(opened.flatMap((room) => room.places ?? []));
export const topParts = () => inOrder(opened.flatMap((room) => room.top ?? []));
export const partsAbove = () => opened.flatMap((room) => room.above ?? []);
export const partsBeside = () => opened.flatMap((room) => room.beside ?? []);
export const partsInDock = () => opened.flatMap((room) => room.dock ?? []);
export const tabsOf = (of: Tab['of']) =>
  inOrder(opened.flatMap((room) => room.tabs ?? []).filter((tab) => tab.of === of));

export function rowsOf(list: Row['list'], role: Me['role']): Row[] {
  const rows = opened.flatMap((room) => room.rows ?? []);
  return inOrder(rows.filter((row) => row.list === list && (row.roles?.includes(role) ?? true)));
}

/** Loads the words of every room for its notifications. */
export async function loadNews(): Promise<void> {
  tellNewsBy(await Promise.all(opened.flatMap(({ news }) => (news ? [news()] : []))));
}

/** Tells every room of a frame. */
export function handleFrame(frame: News): void {
  for (const { frames } of opened) {
    const handle = frames?.[frame.t] as ((frame: News) => void) | undefined;
    handle?.(frame);
  }
}
