// "nearfar/rl": agents in partially observed grid worlds, an actor-critic with contrastive prediction beside it.

export { AGENT_DEFAULTS, type AgentConfig, AUXILIARY_DEFAULTS, type AuxiliaryConfig, WORLDS } from "./config.ts";
export { keysWorld } from "./keys.ts";
export { Learner } from "./learner.ts";
export { recallWorld } from "./recall.ts";
export { type AgentRun, type CurvePoint, type TrainAgentOptions, trainAgent } from "./train.ts";
export { type Frames, Recorder, type Window } from "./window.ts";
export { ACTIONS, type Draw, type Outcome, observationSize, observe, type Place, VIEW, type World } from "./world.ts";
export { type Episode, type Step, Worlds } from "./worlds.ts";
