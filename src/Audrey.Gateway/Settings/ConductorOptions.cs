namespace Audrey.Gateway.Settings;

/// <summary>The conductors' credentials. Bound from <c>Audrey:Conductors</c> (a list) and <c>Audrey:DataDirectory</c>.</summary>
public sealed class ConductorOptions
{
    /// <summary>The section that <see cref="Conductors"/> is bound from.</summary>
    public const string Section = "Audrey:Conductors";

    /// <summary>The option that <see cref="DataDirectory"/> is bound from.</summary>
    public const string DataDirectoryOption = "Audrey:DataDirectory";

    /// <summary>Who may register and delete. Empty: one credential is made on the first start and kept in the data directory.</summary>
    public IList<ConductorEntry> Conductors { get; } = [];

    /// <summary>Where a credential that was made is kept; used only if <see cref="Conductors"/> is empty.</summary>
    public string DataDirectory { get; set; } = "";
}

/// <summary>One conductor's credential.</summary>
public sealed class ConductorEntry
{
    /// <summary>The key that the conductor signs under: 1 to 255 characters, unique.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// The secret that the conductor signs with: not empty, at most 4,096 characters. Conductors of 2012 bring theirs along, so a
    /// short one is taken, with a warning in the log if it has fewer than 16 characters.
    /// </summary>
    public string Secret { get; set; } = "";
}
