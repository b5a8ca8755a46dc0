using Audrey.Server.Settings;
using Audrey.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Messaging;

namespace Audrey.Server.Startup;

/// <summary>
/// Prints the reasons why the server does not start, with causes and remedies and without a stack trace. The exit code is 1.
/// </summary>
internal static class StartFailures
{
    private const string Unreachable =
        "No silo of the cluster was reached within Audrey:Cluster:ConnectTimeout. Start the silos. Check Audrey:Cluster:ClusterId. With "
        + "PostgreSQL, check Audrey:Storage:ConnectionString; otherwise Audrey:Silo:AdvertisedAddress and Audrey:Silo:GatewayPort.";

    /// <summary>Runs the server. An exception is written to the standard error output.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync("Audrey.Server cannot start:");
            foreach (var line in Lines(failure)) await Console.Error.WriteLineAsync($"- {line}");
            return 1;
        }
    }

    /// <summary>Returns the problems. Each problem is one or two sentences.</summary>
    internal static IEnumerable<string> Lines(Exception failure)
    {
        switch (failure)
        {
            case SettingsException wrong:
                return wrong.Problems;
            case OptionsValidationException wrong:
                return wrong.Failures;
            case AggregateException several:
                return several.InnerExceptions.SelectMany(Lines).Distinct();
            case StorageStartException:
                return [failure.Message];
            case IOException { InnerException: AddressInUseException }:
                return [$"{failure.Message.TrimEnd('.')}. Stop the program that listens there, or give another address with --urls."];
            case ConnectionFailedException:
                return [Unreachable];
            case not null when Known(failure.InnerException) is { } known:
                return Lines(known);
            default:
                return [Chain(failure!)];
        }
    }

    private static Exception? Known(Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
            if (cause is SettingsException or OptionsValidationException or StorageStartException or ConnectionFailedException
                or IOException { InnerException: AddressInUseException })
                return cause;

        return null;
    }

    private static string Chain(Exception failure)
    {
        var messages = new List<string>();
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (!messages.Contains(cause.Message)) messages.Add(cause.Message);
        return string.Join(" Because: ", messages);
    }
}
