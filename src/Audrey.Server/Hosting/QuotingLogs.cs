namespace Audrey.Server.Hosting;

/// <summary>
/// Keeps the lines out of the log in which ASP.NET Core quotes requests, because a secret or a signature can be in them. No setting enables
/// these lines. Orleans logs the types of the arguments of calls, and not their values.
/// </summary>
internal static class QuotingLogs
{
    /// <summary>The categories, each with the lowest level at which it quotes nothing.</summary>
    private static readonly (string Category, LogLevel MinLevel)[] Categories =
    [
        // Every request with its query, in which guests of versions 0 to 2 sign.
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),

        // The line that makes a request malformed, which can be a header or the first line.
        ("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information),
    ];

    /// <summary>Adds the restriction to every rule, because the most specific rule alone decides.</summary>
    public static void Exclude(LoggerFilterOptions options)
    {
        // Without a rule that fits, the minimum level decides, and no filter is called.
        options.Rules.Insert(0, new LoggerFilterRule(null, null, options.MinLevel, null));
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var rule = options.Rules[i];
            options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel, (provider, category, level) =>
                !Quotes(category, level) && rule.Filter?.Invoke(provider, category, level) != false);
        }
    }

    private static bool Quotes(string? category, LogLevel level) => Array.Exists(
        Categories, known => level < known.MinLevel && category?.StartsWith(known.Category, StringComparison.Ordinal) == true);
}
