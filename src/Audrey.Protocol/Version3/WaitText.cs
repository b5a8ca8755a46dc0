using System.Globalization;

namespace Audrey.Protocol.Version3;

/// <summary>Says in a sentence for what a parameter waits.</summary>
public static class WaitText
{
    /// <summary>The sentence, such as <c>waits for 'port' of db (7f0c), which was never heard of</c>.</summary>
    /// <param name="reason">A reason as in <see cref="MissingParameter.Reason"/>.</param>
    /// <param name="kind">As in <see cref="MissingParameter.Kind"/>.</param>
    /// <param name="of">As in <see cref="MissingParameter.Of"/>.</param>
    /// <param name="provider">Who gives it.</param>
    /// <param name="known">Whether it was asked when the provider was heard of.</param>
    /// <param name="group">The group that the provider is one of, if that is what is waited for.</param>
    public static string Of(string reason, string kind, string of, ValueProvider provider, bool known, MissingGroup? group = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var sentence = Of(reason, kind, of, provider, known);
        return group is null ? sentence : $"{sentence} ({group.Given} of at least {group.Needed} are there of group '{group.Name}')";
    }

    private static string Of(string reason, string kind, string of, ValueProvider provider, bool known)
    {
        var what = kind == "service" ? $"the end of service '{of}'" : $"'{of}'";
        var who = provider.Assembly is { } name ? $"{name} ({provider.Instance})" : provider.Instance;
        return reason switch
        {
            "provider-unknown" => $"waits for {what} of {who}, which is not registered",
            "not-declared" => $"waits for {what} of {who}, which does not declare it: it will never come",
            "waits-for-itself" => "waits for its own end: it will never come",
            _ when !known => $"waits for {what} of {who}",
            _ when provider.LastContact is { } last => string.Create(
                CultureInfo.InvariantCulture, $"waits for {what} of {who}, which was last heard of at {last.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"),
            _ => $"waits for {what} of {who}, which was never heard of",
        };
    }
}
