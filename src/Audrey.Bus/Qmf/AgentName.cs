namespace Audrey.Bus.Qmf;

/// <summary>
/// The name of an agent: <c>VENDOR:PRODUCT:INSTANCE</c>. Only the instance may contain a colon.
/// </summary>
/// <param name="Vendor">The organization, such as <c>audrey</c>.</param>
/// <param name="Product">The program, such as <c>guest</c>.</param>
/// <param name="Instance">The identity of this process or machine.</param>
public sealed record AgentName(string Vendor, string Product, string Instance)
{
    /// <summary>Returns the name in a text, or null if the text is not the name of an agent.</summary>
    public static AgentName? TryParse(string? text)
    {
        if (text is null || text.Length > 512) return null;
        var first = text.IndexOf(':', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf(':', first + 1);
        if (first <= 0 || second <= first + 1 || second == text.Length - 1) return null;
        return new AgentName(text[..first], text[(first + 1)..second], text[(second + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Vendor}:{Product}:{Instance}";
}
