/** Who a call is made for, and how sure we are of it. Real accounts fill in the same four fields. */
export interface Principal {
  readonly person: string;
  readonly role: 'radiologist' | 'technician' | 'administrator' | 'service';
  readonly device: string;
  /** What proved the person: nothing but being at this workstation, or more. */
  readonly factor: 'workstation' | 'password' | 'two-factor';
}

export const workstationPrincipal: Principal = {
  person: 'workstation',
  role: 'radiologist',
  device: 'local',
  factor: 'workstation',
};
