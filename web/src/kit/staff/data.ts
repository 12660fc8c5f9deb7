import type { StaticDataRouteOption } from '@tanstack/react-router';
import type { components } from '../api/schema';
import type { Me } from '../api/types';
import { onceKnown } from '../first-data';
import { queryClient } from '../queries';

/** Somebody as staff know them. */
export type StaffView = components['schemas']['Person'];

// No frame tells staff what members or colleagues did: whoever comes to a page sees what is so now. The moment is for the
// page's file, so that what its loader brought is not asked for again when it is drawn.
queryClient.setQueryDefaults(['staff'], { staleTime: 3000 });

/** Everything staff see is asked anew after they did something. */
export const staffChanged = () => void queryClient.invalidateQueries({ queryKey: ['staff'] });

/** Whether somebody sees a page of the staff: the server asks the database each time, this only hides doors. */
export const maySee = (role: Me['role'], { moderators }: StaticDataRouteOption): boolean =>
  role === 'admin' || role === 'owner' || (role === 'moderator' && moderators === true);

interface StaffRoute {
  route: { options: { staticData?: StaticDataRouteOption } };
}

/** The loader of a page of the staff: nothing is asked for those who do not see it. */
export const staffData =
  <Context = unknown>(begin: (context: Context) => unknown) =>
  (context: Context & StaffRoute): void =>
    onceKnown((me) => {
      if (me && maySee(me.role, context.route.options.staticData ?? {})) begin(context);
    });
