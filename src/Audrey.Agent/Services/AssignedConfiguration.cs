using System.Text;
using Audrey.Core.Text;

namespace Audrey.Agent.Services;

/// <summary>The configuration of a service, as the server sent it.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="IsComplete">Whether every parameter has a value.</param>
/// <param name="Parameters">The parameters that have a value, in the server's order.</param>
/// <param name="WaitsFor">A sentence for each missing value, if the server provides such sentences.</param>
/// <param name="FailedServices">The failed services that this service waited for, if the server names them.</param>
internal sealed record AssignedConfiguration(
    string Service,
    bool IsComplete,
    IReadOnlyList<ServiceParameter> Parameters,
    IReadOnlyList<string> WaitsFor,
    IReadOnlyList<FailedWait> FailedServices)
{
    public static AssignedConfiguration Incomplete(string service) => new(service, false, [], [], []);
}

/// <summary>A failed service that another service waited for.</summary>
/// <param name="Text">A sentence about it.</param>
/// <param name="Stops">Whether the conductor wants that the other service does not run.</param>
internal sealed record FailedWait(string Text, bool Stops);

/// <summary>A parameter of a service, with its value.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">The value. A value can be any bytes.</param>
/// <param name="Secret">Whether the server marks the value as secret.</param>
/// <param name="Items">The items of a list. Null if the value is not a list, or if the server does not say so.</param>
internal sealed record ServiceParameter(string Name, byte[] Value, bool Secret = false, IReadOnlyList<string>? Items = null)
{
    /// <summary>Whether <see cref="Value"/> does not show where the items end, because one of them has several lines.</summary>
    /// <remarks>Only <see cref="Json"/> shows it then.</remarks>
    public bool IsAmbiguous => Items?.Any(item => item.Contains('\n', StringComparison.Ordinal)) == true;

    /// <summary>The list as a JSON array. Null if the value is not a list.</summary>
    public string? Json => Items is null ? null : ListText.ToJson(Items);

    /// <summary>The forms in which the output of a script can show the value: as it is, and for a list, as in <see cref="Json"/>.</summary>
    public IEnumerable<byte[]> Forms => Items is null or []
        ? [Value]
        : [Value, Encoding.UTF8.GetBytes(Json!), Encoding.UTF8.GetBytes(string.Join('\n', Items.Select(ListText.Escape)))];
}
