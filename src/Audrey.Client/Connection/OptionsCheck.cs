using System.Globalization;
using Audrey.Hosting.Settings;
using Npgsql;

namespace Audrey.Client.Connection;

/// <summary>Says everything that is wrong with a client's options, at once.</summary>
internal static class OptionsCheck
{
    private static readonly TimeSpan MinDeadline = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinAttempt = TimeSpan.FromMilliseconds(50);
    private const int MaxConcurrency = 1024;

    /// <exception cref="ArgumentException">The options cannot be used; the message names each problem.</exception>
    public static void ThrowIfUnusable(AudreyClientOptions options)
    {
        var problems = Problems(options).ToList();
        if (problems.Count == 0) return;
        var lines = string.Concat(problems.Select(problem => $"{Environment.NewLine}- {problem}"));
        throw new ArgumentException($"These {nameof(AudreyClientOptions)} cannot be used:{lines}", nameof(options));
    }

    /// <summary>Each problem, as option and remedy; none when the options can be used.</summary>
    public static IEnumerable<string> Problems(AudreyClientOptions options)
    {
        if (options.Conductor.Value is null) yield return $"{nameof(options.Conductor)} is empty: make it with ConductorKey.Parse";
        foreach (var problem in WaysToTheCluster(options)) yield return problem;
        if (string.IsNullOrWhiteSpace(options.ClusterId)) yield return $"{nameof(options.ClusterId)} is empty: give the id that the servers have";
        if (string.IsNullOrWhiteSpace(options.ServiceId)) yield return $"{nameof(options.ServiceId)} is empty: give the id that the servers have";
        if (options.Deadline < MinDeadline || options.Deadline > MaxDeadline)
        {
            yield return $"{nameof(options.Deadline)} is {Text(options.Deadline)}: give {Text(MinDeadline)} to {Text(MaxDeadline)}";
        }

        if (options.AttemptTimeout < MinAttempt || options.AttemptTimeout > options.Deadline)
        {
            yield return $"{nameof(options.AttemptTimeout)} is {Text(options.AttemptTimeout)}: give {Text(MinAttempt)} to the deadline, {Text(options.Deadline)}";
        }

        if (options.MaxConcurrency is < 1 or > MaxConcurrency)
        {
            yield return $"{nameof(options.MaxConcurrency)} is {options.MaxConcurrency}: give 1 to {MaxConcurrency}";
        }

        foreach (var problem in SettingsCheck.Problems(options.Limits, nameof(options.Limits))) yield return problem.TrimEnd('.');
        if (options.TimeProvider is null) yield return $"{nameof(options.TimeProvider)} is null: leave it out for the system's clock";
    }

    private static IEnumerable<string> WaysToTheCluster(AudreyClientOptions options)
    {
        var gateways = options.Gateways ?? [];
        var hasMembership = !string.IsNullOrWhiteSpace(options.ConnectionString);
        if (gateways.Count == 0 && !hasMembership)
        {
            yield return $"neither {nameof(options.Gateways)} nor {nameof(options.ConnectionString)} is given: give one of them to say where the cluster is";
        }

        if (gateways.Count > 0 && hasMembership)
        {
            yield return $"both {nameof(options.Gateways)} and {nameof(options.ConnectionString)} are given: give one of them";
        }

        foreach (var gateway in gateways)
        {
            if (!GatewayAddress.TryParse(gateway, out _)) yield return $"'{gateway}' in {nameof(options.Gateways)} is not a host:port with a port of 1 to 65535";
        }

        if (hasMembership && !IsConnectionString(options.ConnectionString))
        {
            yield return $"{nameof(options.ConnectionString)} is not an Npgsql connection string, as Host=...;Database=...;Username=...";
        }
    }

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
