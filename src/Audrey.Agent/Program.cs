using System.CommandLine;
using Audrey.Agent.Commands;

var root = new RootCommand("Configures this instance: phones home, gives the values asked for, runs services, reports.")
{
    RunCommand.Create(TimeProvider.System),
    StatusCommand.Create(),
};
var parsed = root.Parse(args);
return parsed.Errors.Count > 0 ? UsageError.Print(parsed) : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
