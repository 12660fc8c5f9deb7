import { useHour } from './community-hour';
import { useConfig } from './config';
import { skyAt } from './hour';
import { SceneDrawing } from './ui/SceneDrawing';

/** This community's square at this hour. Before its choice is known it is the plain sky. */
export function SquareScene({ className }: { className?: string }) {
  const config = useConfig();
  return <SceneDrawing scene={config?.tenant.scene ?? 'sky'} sky={skyAt(useHour())} className={className} />;
}
