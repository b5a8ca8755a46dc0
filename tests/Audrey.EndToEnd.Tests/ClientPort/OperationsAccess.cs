using System.Reflection;
using Audrey.Abstractions.Operations;
using Audrey.Core.Access;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Calls every method of the one grain that a conductor reaches.</summary>
internal static class OperationsAccess
{
    /// <summary>Gets all methods.</summary>
    public static MethodInfo[] Methods { get; } =
        [.. typeof(IConductorOperations).GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal)];

    /// <summary>Returns the result for a role.</summary>
    public static string Expect(MethodInfo method, ConductorRole role) =>
        method.GetCustomAttribute<RequiresAttribute>() is { } rule && role.Permits(rule.Action) ? LibraryCall.Allowed : LibraryCall.Role;

    /// <summary>Calls a method with the default value of each argument, which the method itself may refuse.</summary>
    public static async Task<string> Call(RawClient client, string conductor, MethodInfo method)
    {
        try
        {
            await client.Call(typeof(IConductorOperations), method, GrainInterface.OperationsOf(conductor));
        }
        catch (CallerRefusedException refused)
        {
            return refused.IsUnproven ? LibraryCall.Unproven : LibraryCall.Role;
        }
        catch (Exception reached) when (reached is not TimeoutException)
        {
            // The arguments are wrong, so the method was reached.
        }

        return LibraryCall.Allowed;
    }
}
