// The public API, free of any platform; src/platform binds it to one.
export type { Classification } from './api/classification.js';
export type { Detection, DetectOptions } from './api/detection.js';
export { bindLoadModel, type LoadModel } from './api/loadModel.js';
export { type LayerPlan, type MemoryUse, Model, type ModelDescription, type PortInfo } from './api/model.js';
export type { LoadOptions } from './api/options.js';
export type { PreparedPicture } from './api/preparation.js';
export type { LayerProfile } from './api/profile.js';
export type { Segmentation } from './api/segmentation.js';
export { type ErrorCode, HetConvError } from './graph/error.js';
export type { Preprocessing } from './graph/preprocessing.js';
export type { Box } from './image/fit.js';
export type { Picture } from './image/picture.js';
export type { LayerCost, NetworkCost, TotalCost } from './ops/cost.js';
export type { Finding } from './passes/finding.js';
export type { Host, Source } from './runtime/host.js';
export type { Inputs, Outputs, RunOptions } from './runtime/session.js';
export type { Tensor } from './runtime/tensor.js';
export type { Variant } from './runtime/variants.js';
