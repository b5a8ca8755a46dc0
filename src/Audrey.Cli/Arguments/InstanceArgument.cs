using System.CommandLine;
using Audrey.Core.Ids;

namespace Audrey.Cli.Arguments;

/// <summary>The argument for the UUID of an instance.</summary>
internal static class InstanceArgument
{
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("UUID") { Description = "The instance's UUID. The command status shows the UUID." };
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !InstanceId.TryParse(result.GetValueOrDefault<string>(), out _, out var problem))
                result.AddError(problem);
        });
        return argument;
    }
}
