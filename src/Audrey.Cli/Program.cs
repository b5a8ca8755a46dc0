using Audrey.Cli.Commands;
using Audrey.Cli.Terminals;

return await AudreyCommand.RunAsync(args, Terminal.OfProcess());
