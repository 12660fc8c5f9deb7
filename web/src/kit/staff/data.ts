import type { components } from '../api/schema';
import { queryClient } from '../queries';

/** Somebody as staff know them. */
export type StaffView = components['schemas']['Person'];

// No frame tells staff what members or colleagues did: whoever comes to a page sees what is so now.
queryClient.setQueryDefaults(['staff'], { staleTime: 0 });

/** Everything staff see is asked anew after they did something. */
export const staffChanged = () => void queryClient.invalidateQueries({ queryKey: ['staff'] });
