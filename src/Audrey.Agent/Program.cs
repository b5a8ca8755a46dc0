using System.CommandLine;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;

var log = new StandardErrorLog();
var root = new RootCommand("Configures this instance: gives values to the config server, runs the services, and reports their results.")
{
    RunCommand.Create(TimeProvider.System, log),
    AgentStatusCommand.Create(log),
    FactsCommand.Create(TimeProvider.System, log),
    WatchFactsCommand.Create(TimeProvider.System, log),
    CleanCommand.Create(log),
    KeepOutputCommand.Create(TimeProvider.System, log),
};

// Without this, an argument such as @name would be replaced by the lines of a file.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0) return UsageError.Write(parsed, log);
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
