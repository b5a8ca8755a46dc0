using System.CommandLine;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Commands;

/// <summary>Reports the errors in a command line.</summary>
internal static class UsageError
{
    public static int Write(ParseResult parsed, IAgentLog log)
    {
        foreach (var error in parsed.Errors) log.Write(error.Message);
        log.Write("See --help.");
        return (int)AgentExitCode.Usage;
    }
}
