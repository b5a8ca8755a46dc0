using Audrey.Cli;
using Audrey.Cli.Output;

return await AudreyCommand.RunAsync(args, Terminal.OfProcess());
