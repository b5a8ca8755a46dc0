namespace Audrey.Core.Instances;

/// <summary>The names of <see cref="WaitReason"/> for programs.</summary>
public static class WaitReasonNames
{
    /// <summary>Returns the name, such as <c>not-given-yet</c>.</summary>
    public static string NameOf(WaitReason reason) => reason switch
    {
        WaitReason.ProviderUnknown => "provider-unknown",
        WaitReason.NotDeclared => "not-declared",
        WaitReason.WaitsForItself => "waits-for-itself",
        WaitReason.GroupTooSmall => "group-too-small",
        _ => "not-given-yet",
    };
}
