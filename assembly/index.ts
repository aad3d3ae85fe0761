// The exports of each kernel family, nothing else.
export { f32_conv_1x16, f32_conv_4x8 } from './f32/conv';
export * from './f32/argMax';
export * from './f32/copy';
export * from './f32/depthwise';
export * from './f32/elementwise';
export * from './f32/gather';
export * from './f32/lrn';
export * from './f32/matMul';
export * from './f32/nonMaxSuppression';
export * from './f32/pack';
export * from './f32/pool';
export * from './f32/reduce';
export * from './f32/resize';
export * from './f32/softmax';
export * from './f32/topK';
export * from './f32/winograd';
export { probe } from './probe';
export { zero_ranges } from './zero';
