using System.CommandLine;

namespace Audrey.Agent.Commands;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageError
{
    public static int Print(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Log.Write(error.Message);
        Log.Write("See --help.");
        return (int)ExitCode.Usage;
    }
}
