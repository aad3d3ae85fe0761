// The section of the experiment: what is chosen, measured, shown.
import { JobControl } from '../measure/jobControl.js';
import { byId } from '../page/dom.js';
import { environment } from '../page/environment.js';
import { millions } from '../page/format.js';
import { hideProblem, showProblem } from '../page/problem.js';
import { fillForm, form, type Plan, readForm } from './form.js';
import { showPoints, showResult } from './result.js';

const planWords = byId('experiment-plan', HTMLElement);
const problem = byId('experiment-problem', HTMLElement);

export function startExperiment(): void {
  fillForm();
  const control = new JobControl(
    {
      run: byId('experiment-run', HTMLButtonElement),
      stop: byId('experiment-stop', HTMLButtonElement),
      place: byId('experiment-job', HTMLElement),
      problem,
    },
    'Measuring the networks',
  );
  form.addEventListener('change', showPlan);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const plan = showPlan();
    if (!plan) return;
    const { network, ...job } = plan;
    const record = await control.start({ ...job, environment: environment() }, (points) =>
      showPoints(network.entries[0]!.name, points),
    );
    if (record) showResult(record);
  });
  showPlan();
}

/** Says what would be measured; undefined, and says why, where nothing can be. */
function showPlan(): Plan | undefined {
  try {
    const plan = readForm();
    const [baseline, ...others] = plan.network.entries;
    const least = others.reduce((one, other) => (other.cost.macs < one.cost.macs ? other : one), baseline!);
    const promised = baseline!.cost.macs / least.cost.macs;
    planWords.textContent = `${others.length} ${others.length === 1 ? 'network' : 'networks'} beside the dense one of ${millions(baseline!.cost.macs)} multiply-accumulates; ${least.name} promises ${promised.toFixed(1)} times less time.`;
    hideProblem(problem);
    return plan;
  } catch (error) {
    planWords.textContent = '';
    showProblem(problem, 'This cannot be measured', error);
    return undefined;
  }
}
