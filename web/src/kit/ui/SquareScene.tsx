import { useQuery } from '@tanstack/react-query';
import { useHour } from '../community-hour';
import { skyAt } from '../hour';
import { configQuery } from '../queries';
import { SceneDrawing } from './SceneDrawing';

/** This community's square at this hour. Before its choice is known it is the plain sky. */
export function SquareScene({ className }: { className?: string }) {
  const { data: config } = useQuery(configQuery);
  return <SceneDrawing scene={config?.tenant.scene ?? 'sky'} sky={skyAt(useHour())} className={className} />;
}
