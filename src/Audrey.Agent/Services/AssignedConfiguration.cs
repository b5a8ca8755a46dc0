namespace Audrey.Agent.Services;

/// <summary>The configuration of a service, as the server sent it.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="IsComplete">Whether every parameter has a value.</param>
/// <param name="Parameters">The parameters that have a value, in the server's order.</param>
/// <param name="WaitsFor">A sentence for each value that is missing, if the server tells.</param>
/// <param name="FailedServices">A sentence for each service that this one waited for and that failed, if the server tells.</param>
internal sealed record AssignedConfiguration(
    string Service,
    bool IsComplete,
    IReadOnlyList<ServiceParameter> Parameters,
    IReadOnlyList<string> WaitsFor,
    IReadOnlyList<string> FailedServices)
{
    public static AssignedConfiguration Incomplete(string service) => new(service, false, [], [], []);
}

/// <summary>A parameter of a service, with its value.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">The value. It can be any bytes.</param>
/// <param name="Secret">Whether the server says that the value is secret.</param>
internal sealed record ServiceParameter(string Name, byte[] Value, bool Secret = false);
