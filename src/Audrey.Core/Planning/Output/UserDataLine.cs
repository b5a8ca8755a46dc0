using System.Text;

namespace Audrey.Core.Planning.Output;

/// <summary>The user data of 2012, which every guest can read: <c>1|endpoint|key|secret</c>.</summary>
public static class UserDataLine
{
    /// <summary>Returns the user data of an instance, which contains the instance's secret.</summary>
    /// <exception cref="ArgumentException">The plan has no endpoint.</exception>
    public static string Format(LaunchPlan plan, PlannedInstance instance)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(instance);
        if (plan.Endpoint is null) throw new ArgumentException("The plan names no endpoint of the config server.", nameof(plan));
        return $"1|{plan.Endpoint.AbsoluteUri.TrimEnd('/')}|{instance.Config.Id}|{instance.Config.Secret}";
    }

    /// <summary>Returns the same user data in base64, for clouds that accept no other form.</summary>
    /// <exception cref="ArgumentException">The plan has no endpoint.</exception>
    public static string FormatBase64(LaunchPlan plan, PlannedInstance instance) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Format(plan, instance)));
}
